# case with literal words, alternatives and patterns.
i=0 a=0 b=0 c=0 d=0
while [ $i -lt 10000 ]; do
    for word in start --verbose=3 file.tar.gz; do
        case $word in
            stop | halt | quit) d=$((d + 1)) ;;
            start) a=$((a + 1)) ;;
            -q | --quiet) d=$((d + 1)) ;;
            --verbose=*) b=$((b + ${word#*=})) ;;
            *.zip | *.tar.xz) d=$((d + 1)) ;;
            *.tar.?z) c=$((c + 1)) ;;
            *) d=$((d + 1)) ;;
        esac
    done
    i=$((i + 1))
done
echo $a $b $c $d
