# Matching against patterns: stars, sets, classes.
i=0 n=0
while [ $i -lt 12000 ]; do
    name=report-2024-$i-final.pdf
    case $name in *draft*.pdf | report-19??-*) n=$((n + 1000)) ;; esac
    case $name in report-[0-9][0-9][0-9][0-9]-*[02468]-final.pdf) n=$((n + 1)) ;; esac
    case $name in *-*-*-*[!a-z].pdf) n=$((n + 1000)) ;; esac
    case $name in [[:alpha:]]*[[:digit:]]*.[[:alpha:]]*) n=$((n + 1)) ;; esac
    i=$((i + 1))
done
echo $n
