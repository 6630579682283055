# ** through a tree of directories.
shopt -s globstar
cd "$INPUT/tree" || exit
for ((i = 0; i < 8; i++)); do
    files=(**/*.c)
    directories=(**/)
done
echo ${#files[@]} ${#directories[@]} ${files[0]} ${files[-1]}
