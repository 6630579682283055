# Brace expansions: lists, sequences, products.
n=0
for ((i = 0; i < 2500; i++)); do
    set -- {a,b,c}{1..5}-{x,y,z} file{001..020}.txt
    n=$((n + $#))
    set -- /usr/{local/{bin,sbin},bin,share/{man,doc/{a,b}}} {z..a..5}$i
    n=$((n + $#))
done
echo $n $2 ${12}
