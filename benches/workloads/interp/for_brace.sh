# A loop over the words of a brace expansion.
sum=0
for i in {1..100000}; do
    sum=$((sum + i))
done
echo $sum
