about() { echo "todo.txt-cli (1,400 lines): a session of 40 commands"; }
prepare() { apt-get -qq install -y todotxt-cli; }
run() {
    printf 'export TODO_DIR="%s"\nexport TODO_FILE="$TODO_DIR/todo.txt"\nexport DONE_FILE="$TODO_DIR/done.txt"\nexport REPORT_FILE="$TODO_DIR/report.txt"\n' "$PWD" >todo.cfg
    local command
    while IFS= read -r command; do
        echo "== $command"
        eval "todo-txt -d todo.cfg $command"
        echo "status $?"
    done <<'T'
-h
help
shorthelp
add "buy milk @shop +home"
add "call bob @phone"
addm "one
two +x
three @y"
-t add "with a date"
ls
ls milk
ls -milk
listall
listcon
listproj
pri 1 A
pri 2 b
pri 9 Z
pri 1 nonsense
listpri
listpri A-B
-p ls
-c ls
-@ -+ ls
append 1 "and bread"
prepend 2 "soon:"
replace 3 "replaced"
depri 1
-f del 4
del 99
-f del 1 milk
do 2
do 2 3
-a do 5
ls
archive
-f move 1 other.txt
deduplicate
report
lf
lf done.txt
nonsense
-z
-x ls
-v -vv ls
T
    cat todo.txt done.txt
}
normalize() { sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8})?//g'; }
