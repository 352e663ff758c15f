-- +goose Up
CREATE TABLE round (
  id TEXT PRIMARY KEY, call TEXT NOT NULL REFERENCES call (id), n BIGINT NOT NULL, state TEXT NOT NULL,
  version BIGINT NOT NULL, doc TEXT NOT NULL, UNIQUE (call, n)
);
-- Reviews that were begun before there were rounds are the first round of their call, on
-- the sheet that stood then.
INSERT INTO round (id, call, n, state, version, doc)
SELECT call || '-1', call, 1, state, 1, '{"id":"' || call || '-1","call":"' || call || '","n":1,"name":"第一轮","level":1,"mode":"remote","applications":[' || apps
  || '],"sheet":{"aspects":[{"id":"results","name":"专家服务成效","weight":3000},{"id":"local-support","name":"地方和依托单位的支持","weight":2000},'
  || '{"id":"mechanism","name":"管理制度与运行机制","weight":2000},{"id":"need","name":"建设的必要性、可行性（依需设立）","weight":2000},{"id":"plan","name":"工作计划","weight":1000}],'
  || '"step":10000,"comment_min":10,"method":"mean","trim_from":5,"decimals":2,"from":"default","verdicts":[{"id":"recommend","name":"建议认定","agree":true},'
  || '{"id":"reserve","name":"保留意见"},{"id":"against","name":"不建议认定"}]},"floor":1,"size":5,"rule":{"leaves":[{"id":"results","weight":3000,"max":300000,"decimals":0},'
  || '{"id":"local-support","weight":2000,"max":200000,"decimals":0},{"id":"mechanism","weight":2000,"max":200000,"decimals":0},{"id":"need","weight":2000,"max":200000,"decimals":0},'
  || '{"id":"plan","weight":1000,"max":100000,"decimals":0}],"method":"mean","trim_from":5,"floor":1,"decimals":2},"state":"' || state || '"}'
FROM (SELECT x.call AS call, string_agg('"' || x.application || '"', ',') AS apps, max(CASE WHEN a.state = 'reviewing' THEN 'open' ELSE 'closed' END) AS state
  FROM (SELECT DISTINCT application, call FROM assignment) AS x JOIN application a ON a.id = x.application GROUP BY x.call) AS old;

CREATE TABLE given (
  round TEXT NOT NULL REFERENCES round (id), application TEXT NOT NULL REFERENCES application (id), expert TEXT NOT NULL REFERENCES person (id),
  call TEXT NOT NULL, version BIGINT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (round, application, expert)
);
INSERT INTO given (round, application, expert, call, version, doc)
SELECT call || '-1', application, expert, call, version, '{"round":"' || call || '-1",' || substr(doc, 2) FROM assignment;
DROP TABLE assignment;
ALTER TABLE given RENAME TO assignment;
CREATE INDEX assignment_expert ON assignment (expert, call);
CREATE INDEX assignment_call ON assignment (call, application);

-- The order in which a call is decided: 1 is the best; ties share a rank.
ALTER TABLE application ADD COLUMN rank BIGINT NOT NULL DEFAULT 0;

-- What a panel says of one application after everybody's own sheet is in.
CREATE TABLE thread (
  round TEXT NOT NULL REFERENCES round (id), application TEXT NOT NULL REFERENCES application (id), call TEXT NOT NULL,
  version BIGINT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (round, application)
);
-- +goose Down
SELECT 1;
