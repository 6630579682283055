# The words of a text, counted.
declare -A count 2>/dev/null || typeset -A count
words=0
while read -r line; do
    for word in $line; do
        word=${word%[.,;]}
        count[$word]=$((${count[$word]:-0} + 1))
        words=$((words + 1))
    done
done <"$INPUT/text"
echo $words ${#count[@]} ${count[the]} ${count[shell]}
