"""What the workloads read, made when it is asked for: `make(NAME, DIRECTORY)` writes `DIRECTORY/NAME`.

A workload names its inputs as `$INPUT/NAME`. Everything is the same in each run; nothing large is kept in the repository.
"""

import os
import random

WORDS = (
    "the shell reads a line and splits it into words then the words are expanded and the first names a command "
    "which is looked up among functions builtins and files of the path where a program waits for its arguments"
).split()


def make(name, directory):
    """Write the input NAME (a file or a directory of files) below DIRECTORY."""
    path = os.path.join(directory, name)
    stem, _, size = name.rpartition("_")
    if size.isdigit():
        MAKERS[stem](path, int(size))
    else:
        MAKERS[name](path)


def write(path, pieces):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(pieces)


def sentence(source, count):
    return " ".join(source.choice(WORDS) for _ in range(count))


def lines(path):
    source = random.Random(1)
    write(path, (f"{n} {sentence(source, 7)}\n" for n in range(20000)))


def fields(path):
    source = random.Random(2)
    write(path, (f"name{n}  {n * 3}\t{sentence(source, 4)}\n" for n in range(12000)))


def colons(path):
    write(path, (f"user{n}:x:{n}:/home/user{n}:/bin/sh\n" for n in range(8000)))


def text(path):
    source = random.Random(3)
    write(path, (sentence(source, 9) + ("," if n % 3 else ".") + "\n" for n in range(2000)))


def small(path):
    source = random.Random(4)
    write(path, (sentence(source, 8) + "\n" for _ in range(20)))


def directory(path):
    os.mkdir(path)
    for n in range(10000):
        write(os.path.join(path, f"file-{n}" + (".txt" if n % 3 else "")), ())


def tree(path):
    for a in range(12):
        for b in range(10):
            place = os.path.join(path, f"part{a}", f"module{b}", "source")
            os.makedirs(place)
            for n in range(14):
                write(os.path.join(place, f"unit{n}." + "ch"[n % 2]), ())


def library(path):
    write(path, [LIBRARY])


def script(path):
    """5,000 lines of functions, in the manner of a person who writes everything in Bash."""
    pieces = ["#!/bin/sh\n"]
    for n in range(100):
        pieces.append(FUNCTIONS.replace("@", str(n)))
    pieces.append("total=0\nfor number in 1 2 3; do sum_7 $number; total=$((total + sum)); done\n")
    pieces.append('describe_99 file.txt\necho "$total $description"\n')
    write(path, pieces)


def configure(path):
    """A script of some 400 kB in the manner of those that autoconf writes: long, flat, POSIX."""
    pieces = [CONFIGURE_HEAD]
    for n in range(260):
        pieces.append(CONFIGURE_CHECK.replace("@", str(n)))
    pieces.append(CONFIGURE_TAIL)
    write(path, pieces)


def here_document(path, size):
    line = "a line of the here-document that nobody expands, number seven of nine\n"
    write(path, ["cat <<'END' | tail -n 1\n", line * (size // len(line)), "the end\nEND\n"])


MAKERS = {
    maker.__name__: maker
    for maker in (lines, fields, colons, text, small, directory, tree, library, script, configure, here_document)
}

LIBRARY = r"""# A small library.
library_loaded=$((${library_loaded:-0} + 1))
library_prefix=${library_prefix:-hello}

# library_greeting NAME: print a greeting
library_greeting() {
    if [ $# -lt 1 ]; then
        echo "usage: library_greeting NAME" >&2
        return 2
    fi
    echo "$library_prefix, $1"
}

library_each() {
    for library_item in "$@"; do
        case $library_item in
            -*) continue ;;
            *.txt | *.md) library_greeting "${library_item%.*}" ;;
            *)
                while read -r library_line; do
                    library_greeting "$library_line"
                done <"$library_item"
                ;;
        esac
    done
}

library_try() {
    "$@" >/dev/null 2>&1 && return
    library_status=$?
    echo "failed with $library_status: $*" >&2
    return $library_status
}
"""

FUNCTIONS = r"""
# sum_@ NUMBER...: add up, into sum
sum_@() {
    sum=0
    for value in "$@"; do
        case $value in
            '' | *[!0-9-]*)
                echo "sum_@: not a number: $value" >&2
                return 1
                ;;
            *) sum=$((sum + value * (@ % 7 + 1))) ;;
        esac
    done
}

describe_@() {
    if [ $# -eq 0 ] || [ -z "$1" ]; then
        description="nothing at all"
        return 1
    elif [ "${1#*.}" != "$1" ] && [ "${#1}" -gt 3 ]; then
        description="${1%.*} of kind ${1##*.} (@)"
    else
        description="plain $1"
    fi
    while [ "${description%  *}" != "$description" ]; do
        description="${description%%  *} ${description#*  }"
    done
}

list_@() {
    old_ifs=$IFS
    IFS=':,'
    set -- ${1:-$PATH}
    IFS=$old_ifs
    for place do
        test -d "$place" || continue
        printf '%s\n' "$place/"
    done | {
        count=0
        while read -r entry; do
            count=$((count + 1)) && echo "$count: $entry"
        done
    }
    cat >&2 <<END
list_@: $# places, `echo first` is ${1-none}
END
}
"""

CONFIGURE_HEAD = r"""#!/bin/sh
# Guess values for variables of the system, and write what was found.
as_nl='
'
as_myself=$0
ac_count=0 ac_yes=0
ac_prefix=/usr/local ac_quiet=no ac_default=unknown
as_fn_error() {
    as_status=$1
    test "$as_status" -eq 0 && as_status=1
    echo "$as_myself: error: $2" >&2
    exit $as_status
}
as_fn_append() {
    eval "$1=\$$1\$2"
}
for ac_option do
    case $ac_option in
        -q | --quiet | --silent) ac_quiet=yes ;;
        --prefix=*) ac_prefix=${ac_option#*=} ;;
        -*) as_fn_error 1 "unrecognized option: \`$ac_option'" ;;
        *=*) eval "${ac_option%%=*}=\${ac_option#*=}" ;;
    esac
done
"""

CONFIGURE_CHECK = r"""
# Is there a feature number @?
{ test "x$ac_quiet" = xyes || as_message="checking for feature_@ in -lpart@"; } >/dev/null 2>&1
if test "${ac_cv_lib_part_@+set}" = set; then :
  as_message="$as_message (cached)"
else
  ac_check_lib_save_LIBS=$LIBS
  LIBS="-lpart@  $LIBS"
  ac_source_@='/* What the compiler would be given.  */
#ifdef __cplusplus
extern "C"
#endif
char feature_@ ();
int
main (void)
{
return feature_@ ();
  ;
  return 0;
}
'
  if { (exit @) || test $((@ % 3)) -eq 0; } 2>/dev/null && test -n "$ac_source_@" ||
     { test "$ac_default" != unknown && test -f "$ac_prefix/include/part@.h"; }; then :
    ac_cv_lib_part_@=yes
  else
    ac_cv_lib_part_@=no
  fi
  LIBS=$ac_check_lib_save_LIBS
fi
ac_count=$((ac_count + 1))
if test "x$ac_cv_lib_part_@" = xyes; then :
  as_fn_append ac_defines "#define HAVE_LIBPART@ 1$as_nl"
  ac_yes=$((ac_yes + 1))
  case " $LIBS " in
    *" -lpart@ "*) ;;
    *) LIBS="-lpart@ $LIBS" ;;
  esac
else
  as_tr_@="HAVE_FEATURE_@"
  eval as_value=\"\$$as_tr_@\"
  if test "x$as_value" != x || test -n "${enable_feature_@-}"; then
    as_fn_error $? "feature_@ was asked for but is not there
See \`config.log' for more details" "$LINENO"
  fi
fi
for ac_header in part@/first.h part@/second.h; do
  as_ac_Header="ac_cv_header_part@"
  as_ac_Header=${as_ac_Header%.h}_${ac_header##*/}
  as_ac_Header=${as_ac_Header%.h}
  if eval test \"x\$"$as_ac_Header"\" = x"yes"; then :
    as_fn_append ac_defines "#define HAVE_PART@_H 1$as_nl"
  fi
done
"""

CONFIGURE_TAIL = r"""
while read ac_word ac_name ac_value; do
  test "$ac_word" = '#define' && ac_last=$ac_name
done <<ACEOF
$ac_defines
ACEOF
echo "$ac_count checks, $ac_yes found, last $ac_last"
"""
