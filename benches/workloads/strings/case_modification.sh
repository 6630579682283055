# ${x^}, ${x^^}, ${x,}, ${x,,}.
for ((i = 0; i < 10000; i++)); do
    s="Hello World Number $i"
    a=${s^^} b=${s,,} c=${b^} d=${s,} e=${b^^[aeiou]}
done
echo "$a|$b|$c|$d|$e"
