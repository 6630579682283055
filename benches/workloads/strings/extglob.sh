# Extended patterns: +( ), @( | ), !( ), *( ), ?( ).
shopt -s extglob 2>/dev/null
n=0
for ((i = 0; i < 12000; i++)); do
    name=img_$i.jpeg
    [[ $name == @(img|pic)_+([0-9]).jp?(e)g ]] && n=$((n + 1))
    [[ $name == !(*.png|*.gif) ]] && n=$((n + 1))
    [[ "   $i   " == *( )+([0-9])*( ) ]] && n=$((n + 1))
    [[ $name == +(a|b|c)* ]] && n=$((n + 100000))
done
echo $n
