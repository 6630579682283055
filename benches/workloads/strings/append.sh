# Appending to strings, short and long.
text= line=
for ((i = 0; i < 60000; i++)); do
    line+=$i,
    if ((i % 10 == 9)); then
        text+=$line
        line=
    fi
done
echo ${#text} "${text: -30}"
