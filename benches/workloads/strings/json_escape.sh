# Escaping text for JSON, character by character.
escape() {
    local in=$1 i c
    out=
    for ((i = 0; i < ${#in}; i++)); do
        c=${in:i:1}
        case $c in
            \") out+='\"' ;;
            \\) out+='\\' ;;
            $'\n') out+='\n' ;;
            $'\t') out+='\t' ;;
            [[:cntrl:]]) printf -v c '\\u%04x' "'$c" && out+=$c ;;
            *) out+=$c ;;
        esac
    done
}
text=$'A "quoted" word, a \\ and a\ttab; two\nlines and a bell \a – fin.'
for ((n = 0; n < 250; n++)); do escape "$n: $text"; done
printf '%s\n' "$out"
