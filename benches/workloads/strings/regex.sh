# =~ with a few expressions.
n=0
number='^[+-]?[0-9]+(\.[0-9]+)?$' mail='^[a-z0-9._]+@[a-z0-9-]+\.(com|org|net)$'
for ((i = 0; i < 2000; i++)); do
    [[ $i.25 =~ $number ]] && n=$((n + 1))
    [[ user$i@example-host.org =~ $mail ]] && n=$((n + 1))
    [[ "line $i has words" =~ (has|had)' 'w ]] && n=$((n + 1))
    [[ word$i =~ ^[A-Z] ]] && n=$((n + 100000))
done
echo $n
