# (( )) as condition and as statement.
i=0 sum=0
while ((i < 60000)); do
    ((sum += i * 3 % 7))
    ((i++))
done
echo $sum
