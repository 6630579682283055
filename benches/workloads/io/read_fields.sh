# A file with fields: blanks, and colons.
sum=0
while read -r name number rest; do
    sum=$((sum + number))
done <"$INPUT/fields"
while IFS=: read -r user x id home shell; do
    sum=$((sum + id))
done <"$INPUT/colons"
echo $sum $name "$rest" $home $shell
