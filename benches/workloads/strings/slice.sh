# ${x:offset:length}: every character of a line, and a window.
line="The quick brown fox jumps over the lazy dog and runs into the wood"
for ((round = 0; round < 400; round++)); do
    vowels=0
    for ((i = 0; i < ${#line}; i++)); do
        c=${line:i:1}
        [[ $c == [aeiou] ]] && vowels=$((vowels + 1))
    done
    window=${line:round % 30:20} tail=${line: -4}
done
echo $vowels "$window" "$tail"
