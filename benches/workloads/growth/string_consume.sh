# Words taken from the front of a string.
# sizes: 1000 2000 4000 8000
s= i=0 n=$1
while [ $i -lt $n ]; do
    s="${s}word$i "
    i=$((i + 1))
done
sum=0
while [ -n "$s" ]; do
    word=${s%% *}
    s=${s#* }
    sum=$((sum + ${#word}))
done
echo $sum
