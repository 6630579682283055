# Removing prefixes and suffixes: the parts of path names.
i=0
while [ $i -lt 8000 ]; do
    path=/usr/share/doc/package-$i/changelog.Debian.gz
    base=${path##*/}
    directory=${path%/*}
    stem=${base%%.*}
    extension=${base##*.}
    number=${directory#*package-}
    i=$((i + 1))
done
echo $base $directory $stem $extension $number
