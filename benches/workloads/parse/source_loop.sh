# A small library that is sourced again and again.
i=0
while [ $i -lt 1500 ]; do
    . "$INPUT/library"
    i=$((i + 1))
done
echo "$(library_greeting world) $library_loaded"
