# Words taken from the front of a string.
# sizes: 500 1000 2000 8000 32000
# reference: 2000
# expect: N
s= i=0 n=$1
while [ $i -lt $n ]; do
    s="${s}word$i "
    i=$((i + 1))
done
count=0
while [ -n "$s" ]; do
    word=${s%% *}
    s=${s#* }
    [ "$word" = word$count ] || echo wrong
    count=$((count + 1))
done
echo $count
