// Package scenario holds the stories (情景): texts in Chinese that say who does what on
// which page, what comes of it, and what must not. They are played by the demo's invented
// people, as browsers send forms, against the real pages over a real database.
//
// testdata/*.txt are the stories, one a file; testdata/段/*.txt are pieces that many of them
// begin with. story_test.go plays them. Besides them stand the races and the killed
// process, which no text can tell.
package scenario
