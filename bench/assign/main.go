package main

import (
	"fmt"
	"os"
)

func main() {
	if err := golden(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
