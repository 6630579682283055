# A gigabyte through a pipeline of programs, where the shell has nothing to do.
head -c 1000000000 /dev/zero | cat | cat | tail -c 1 | wc -c
