# $(<file).
n=0
for ((i = 0; i < 8000; i++)); do
    x=$(<"$INPUT/small")
    n=$((n + ${#x}))
done
echo $n
