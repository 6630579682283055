# [[ ]] with strings, numbers and patterns.
match=0 other=0
for ((i = 0; i < 30000; i++)); do
    name=file$i
    if [[ $name == *7 && -n $name ]]; then
        match=$((match + 1))
    elif [[ $i -gt 20000 || $name < file2 ]]; then
        other=$((other + 1))
    fi
done
echo $match $other
