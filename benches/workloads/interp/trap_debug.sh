# A DEBUG trap that counts commands.
count=0
trap 'count=$((count + 1))' DEBUG
for ((i = 0; i < 8000; i++)); do
    x=$i
    y=$x
done
trap - DEBUG
echo $count $y
