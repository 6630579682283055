# Pathname expansion in a directory of 10,000 files.
# repeat: 4
cd "$INPUT/directory" || exit
set -- *
n=$#
set -- *7*.txt
n=$((n + $#))
set -- ./file-[0-4]*
n=$((n + $#))
set -- *.nothing
n=$((n + $#))
echo $n "$1"
for name in *-99*; do last=$name; done
echo $last
