# shellcheck shell=bash
# The hook of mcpenv for bash 3.2 and later. Each prompt it finds out with builtins alone whether anything changed, and only
# then starts one process. It sets no trap, and what it keeps of values stands in arrays, which bash never exports.
#
# Every name starts with __mcpenv_ because a local of the same name would hide the variable that `${!name}` asks for.
# `\builtin local a=$b` splits $b, so what is assigned there is quoted. Foreign text is not compared with `[[ a == b ]]`, which
# takes A for a under `shopt -s nocasematch`.

# under `set -a` functions are exported too; __mcpenv_install puts the options back
__mcpenv_flags=("$-")
{ \builtin set +aeEkTuvx; } 2>/dev/null

# what the project file looks like to a shell that has no stamp of it
__mcpenv_sign() {
    \builtin local __mcpenv_x=
    if [[ -f $1/.mcpenv.toml && -r $1/.mcpenv.toml ]]; then
        IFS='' \builtin read -r -d '' -n 65536 __mcpenv_x <"$1/.mcpenv.toml"
    fi
    [[ ! -x $__mcpenv_bin ]] || __mcpenv_x+=/x
    [[ ! $__mcpenv_bin -nt $1 ]] || __mcpenv_x+=/b
    [[ ! $1 -nt $1/.mcpenv.toml ]] || __mcpenv_x+=/n
    [[ ! $1 -ot $1/.mcpenv.toml ]] || __mcpenv_x+=/o
    __mcpenv_sig=("$__mcpenv_x")
}

# True while nothing that was read has changed. What is watched stands ready as the words of one `test`, whose paths are
# absolute, so that none of them is taken for an operator; it answers 1 for "no change".
__mcpenv_still() {
    if [[ -n $__mcpenv_root ]]; then
        \builtin test -n '' "${__mcpenv_f[@]}" "${__mcpenv_a[@]}"
    else
        \builtin test -n '' "${__mcpenv_oa[@]}"
    fi
    [[ $? == 1 ]] || \builtin return 1
    if [[ -n $__mcpenv_wake ]]; then
        # SECONDS is the user's to assign or to unset
        case ${SECONDS-} in '' | *[!0-9]*) \builtin return 1 ;; esac
        [[ $SECONDS -ge $__mcpenv_was && $SECONDS -lt $__mcpenv_wake ]] || \builtin return 1
    fi
    if [[ -n $__mcpenv_fail && -n $__mcpenv_root ]]; then
        \builtin local __mcpenv_i="${__mcpenv_sig-}"
        __mcpenv_sign "$__mcpenv_root"
        \builtin test "$__mcpenv_i" = "${__mcpenv_sig-}" || \builtin return 1
    fi
    \builtin return 0
}

# finds the project from $PWD upwards (__mcpenv_d, '' for none) and the places where a nearer one could appear
# (__mcpenv_c, words of a `test`). Of the last directory without a project they are kept (__mcpenv_oa, for __mcpenv_out): whoever
# leaves a project mostly goes back to where he came from.
__mcpenv_walk() {
    \builtin local __mcpenv_x="${PWD-}" __mcpenv_i
    __mcpenv_d='' __mcpenv_c=()
    if \builtin test "$__mcpenv_x" = "$__mcpenv_out"; then
        \builtin test -n '' "${__mcpenv_oa[@]}"
        [[ $? != 1 ]] || \builtin return 0
        __mcpenv_out=''
    fi
    case $__mcpenv_x in /*) ;; *) \builtin return 0 ;; esac
    while [[ $__mcpenv_x == */ ]]; do __mcpenv_x=${__mcpenv_x%/}; done
    while :; do
        for __mcpenv_i in "${__mcpenv_stop[@]}"; do
            \builtin test "${__mcpenv_x:-/}" != "$__mcpenv_i" || \builtin return 0
        done
        if [[ -e $__mcpenv_x/.mcpenv.toml ]]; then
            __mcpenv_d=${__mcpenv_x:-/}
            \builtin return 0
        fi
        __mcpenv_c+=(-o -e "$__mcpenv_x/.mcpenv.toml")
        [[ -n $__mcpenv_x ]] || \builtin return 0
        __mcpenv_x=${__mcpenv_x%/*}
    done
}

__mcpenv_print() {
    \builtin printf '%s\n' "$1" >&2
}

# a line on entry; not repeated until the shell has left
__mcpenv_say() {
    \builtin test "$1" = "$__mcpenv_said" || { __mcpenv_said=$1; __mcpenv_print "$1"; }
}

# a line once in the life of this shell
__mcpenv_warn() {
    \builtin local __mcpenv_x
    for __mcpenv_x in "${__mcpenv_warned[@]}"; do
        \builtin test "$1" != "$__mcpenv_x" || \builtin return 0
    done
    __mcpenv_warned+=("$1")
    __mcpenv_print "$1"
}

__mcpenv_adopt() {
    \builtin local __mcpenv_x
    __mcpenv_keep
    __mcpenv_q=()
    for __mcpenv_x in "$@"; do
        if [[ -n ${!__mcpenv_x+x} ]]; then
            __mcpenv_v+=("$__mcpenv_x=${!__mcpenv_x}") __mcpenv_n+=("$__mcpenv_x")
        fi
    done
    __mcpenv_on=1
}

__mcpenv_hold() {
    \builtin printf -v "$1" %s "$2"
    # an old bash may take an empty text for no value; what is evaluated is a checked name
    [[ -n ${!1+x} ]] || \builtin eval "$1=''"
}

# true when every name still holds our value; with the texts that the binary gave for all names at once, where it gave them:
# they hold names alone
__mcpenv_ours() {
    \builtin local __mcpenv_x __mcpenv_i=0
    if [[ -n ${__mcpenv_q[3]-} ]]; then
        # no value has the mark between them in it, so the two texts are only the same if each value is
        \builtin printf -v __mcpenv_x "%s${__mcpenv_q[3]}" "${__mcpenv_v[@]}"
        \builtin eval "\\builtin test \"${__mcpenv_q[2]}\" = \"\$__mcpenv_x\""
        \builtin return
    fi
    \builtin shopt -q nocasematch && \builtin return 1
    for __mcpenv_x in "${__mcpenv_n[@]}"; do
        # without a `=` where it is unset
        case $__mcpenv_x${!__mcpenv_x+=}${!__mcpenv_x-} in "${__mcpenv_v[__mcpenv_i++]}") ;; *) \builtin return 1 ;; esac
    done
}

# The record: names in __mcpenv_n, `NAME=VALUE` in __mcpenv_v, and with the same index, where there is anything to say, the kind
# in __mcpenv_k (none: was unset, s set, x exported, l is left alone) and the previous value in __mcpenv_p. __mcpenv_part says
# that a change to the variables was interrupted, __mcpenv_old that what stands in __mcpenv_v was taken away.
__mcpenv_undo() {
    \builtin local __mcpenv_x __mcpenv_left
    __mcpenv_left=()
    if [[ -n ${__mcpenv_n-} ]]; then
        if [[ -z $__mcpenv_part ]]; then
            __mcpenv_gv=() __mcpenv_gk=() __mcpenv_gp=() __mcpenv_gone=1 __mcpenv_gq=${__mcpenv_q-}
        fi
        if [[ -z $__mcpenv_part && ${#__mcpenv_k[@]} == 0 ]] && __mcpenv_ours; then
            # the ordinary case: nothing stood there before, and all is as it was put
            __mcpenv_old=1 __mcpenv_part=1
            \builtin unset -v "${__mcpenv_n[@]}" 2>/dev/null || __mcpenv_restore 1
        else
            [[ -n $__mcpenv_part && -z $__mcpenv_old ]] || __mcpenv_gv=("${__mcpenv_v[@]}")
            __mcpenv_old=''
            [[ -n $__mcpenv_part ]] || for __mcpenv_x in "${!__mcpenv_k[@]}"; do
                __mcpenv_gk[__mcpenv_x]=${__mcpenv_k[__mcpenv_x]} __mcpenv_gp[__mcpenv_x]=${__mcpenv_p[__mcpenv_x]-}
            done
            __mcpenv_restore "$__mcpenv_part"
        fi
    fi
    [[ -z $__mcpenv_on ]] || \builtin unset -v __MCPENV_LOADED
    __mcpenv_n=() __mcpenv_k=() __mcpenv_p=() __mcpenv_q=()
    [[ -n $__mcpenv_old ]] || __mcpenv_v=()
    __mcpenv_on='' __mcpenv_part=''
    for __mcpenv_x in "${__mcpenv_left[@]}"; do
        [[ -z ${__mcpenv_stay-} ]] || __mcpenv_kept+=("$__mcpenv_x")
        __mcpenv_print "mcpenv: $__mcpenv_x was changed here and is left as it is"
    done
}

# Takes away what is ours and puts back what stood before; what was changed goes into the caller's __mcpenv_left. Decides first
# and only then touches anything. When $1 says that it was touched already, an unset variable is ours to restore, and nothing is
# said.
__mcpenv_restore() {
    \builtin local __mcpenv_i __mcpenv_t
    __mcpenv_t=()
    for __mcpenv_i in "${!__mcpenv_n[@]}"; do
        __mcpenv_x=${__mcpenv_n[__mcpenv_i]}
        if [[ ${__mcpenv_k[__mcpenv_i]-} == l ]]; then
            \builtin :
        elif \builtin test "$__mcpenv_x${!__mcpenv_x+=}${!__mcpenv_x-}" = "${__mcpenv_v[__mcpenv_i]}"; then
            __mcpenv_t+=("$__mcpenv_x")
        elif [[ -z $1 ]]; then
            __mcpenv_k[__mcpenv_i]=l
            __mcpenv_left+=("$__mcpenv_x")
        elif [[ -n ${!__mcpenv_x+x} ]]; then
            __mcpenv_k[__mcpenv_i]=l
        fi
    done
    __mcpenv_part=1
    [[ -z ${__mcpenv_t-} ]] || \builtin unset -v "${__mcpenv_t[@]}" 2>/dev/null
    __mcpenv_t=()
    for __mcpenv_i in "${!__mcpenv_n[@]}"; do
        __mcpenv_x=${__mcpenv_n[__mcpenv_i]}
        if [[ ${__mcpenv_k[__mcpenv_i]-} == l ]]; then
            \builtin :
        elif [[ -n ${!__mcpenv_x+x} ]]; then
            # it was made readonly here
            __mcpenv_left+=("$__mcpenv_x")
        elif [[ ${__mcpenv_k[__mcpenv_i]-} == x ]]; then
            __mcpenv_t+=("$__mcpenv_x=${__mcpenv_p[__mcpenv_i]}")
        elif [[ ${__mcpenv_k[__mcpenv_i]-} == s ]]; then
            __mcpenv_hold "$__mcpenv_x" "${__mcpenv_p[__mcpenv_i]}"
        fi
    done
    [[ -z ${__mcpenv_t-} ]] || \builtin export "${__mcpenv_t[@]}"
}

# What kind of variable $1 is, in __mcpenv_t: none for unset, s, x, or - for one that carries more than a text. An integer would evaluate
# what is assigned to it, a nameref would pass it on.
__mcpenv_kind() {
    \builtin local __mcpenv_i="$1[@]"
    if [[ $__mcpenv_bash -ge 403 ]] && \builtin test -R "$1"; then
        __mcpenv_t=-
    elif [[ -z ${!1+x} ]]; then
        __mcpenv_t=''
        [[ -z ${!__mcpenv_i+x} ]] || __mcpenv_t=-
    elif [[ $__mcpenv_bash -ge 404 ]]; then
        case ${!1@a} in '') __mcpenv_t=s ;; x) __mcpenv_t=x ;; *) __mcpenv_t=- ;; esac
    else
        case $(\builtin declare -p "$1" 2>/dev/null) in
        "declare -- $1="*) __mcpenv_t=s ;;
        "declare -x $1="*) __mcpenv_t=x ;;
        *) __mcpenv_t=- ;;
        esac
    fi
}

__mcpenv_refuse() {
    __mcpenv_warn "mcpenv: $1 is readonly, an integer, an array or the like in this shell and is not loaded"
}

# true when nothing stands in any of the names; a name that leads to another (4.3) only a newer parser can ask for
__mcpenv_bare() {
    \builtin local __mcpenv_x
    for __mcpenv_x in "${@/%/[@]}"; do
        [[ -z ${!__mcpenv_x+x} ]] || \builtin return 1
    done
}

# What was taken away last moves out of the record: it is copied only here, where something else is loaded before the prompt at
# which it is forgotten.
__mcpenv_keep() {
    [[ -n $__mcpenv_old ]] || \builtin return 0
    __mcpenv_gv=("${__mcpenv_v[@]}")
    __mcpenv_v=() __mcpenv_old=''
}

# takes `NAME=VALUE` words
__mcpenv_put() {
    \builtin local __mcpenv_x __mcpenv_t __mcpenv_e __mcpenv_u __mcpenv_i
    __mcpenv_keep
    if [[ -n ${__mcpenv_q-} && -z ${__mcpenv_kept-} && -z ${__mcpenv_n-} ]] && __mcpenv_empty; then
        __mcpenv_part=1
        __mcpenv_v=("$@")
        __mcpenv_n=("${@%%=*}")
        if \builtin unset -v "${__mcpenv_n[@]}" 2>/dev/null; then
            # shellcheck disable=SC2163 # each is `NAME=VALUE`
            \builtin export "$@"
        else
            __mcpenv_sort_out
        fi
        __mcpenv_part=''
        \builtin return 0
    fi
    __mcpenv_q=()
    __mcpenv_u=("${@%%=*}")
    if [[ -z ${__mcpenv_kept-} ]] && __mcpenv_bare "${__mcpenv_u[@]}"; then
        __mcpenv_part=1
        __mcpenv_e=("$@")
        __mcpenv_v+=("$@")
    else
        __mcpenv_e=() __mcpenv_u=() __mcpenv_i=${#__mcpenv_n[@]}
        for __mcpenv_x in "$@"; do
            __mcpenv_choose "${__mcpenv_x%%=*}" "$__mcpenv_x"
        done
    fi
    [[ -n ${__mcpenv_u-} ]] || \builtin return 0
    __mcpenv_n+=("${__mcpenv_u[@]}")
    if \builtin unset -v "${__mcpenv_u[@]}" 2>/dev/null; then
        [[ -z ${__mcpenv_e-} ]] || \builtin export "${__mcpenv_e[@]}"
    else
        __mcpenv_sort_out
    fi
    __mcpenv_part=''
}

# one of the names is readonly and has no value, which nothing shows before; in put's variables
__mcpenv_sort_out() {
    __mcpenv_e=()
    for __mcpenv_i in "${!__mcpenv_n[@]}"; do
        __mcpenv_x=${__mcpenv_n[__mcpenv_i]}
        if \builtin unset -v "$__mcpenv_x" 2>/dev/null; then
            __mcpenv_e+=("${__mcpenv_v[__mcpenv_i]}")
        else
            __mcpenv_k[__mcpenv_i]=l
            __mcpenv_refuse "$__mcpenv_x"
        fi
    done
    [[ -z ${__mcpenv_e-} ]] || \builtin export "${__mcpenv_e[@]}"
}

# the same as bare, for all names at once by the binary's texts
__mcpenv_empty() {
    if [[ $__mcpenv_bash -ge 403 ]]; then
        \builtin eval "[[ -z ${__mcpenv_q[0]} && ${__mcpenv_q[1]} ]]"
    else
        \builtin eval "[[ -z ${__mcpenv_q[0]} ]]"
    fi
}

# decides about the one name $1 in put's variables
__mcpenv_choose() {
    \builtin local __mcpenv_x
    __mcpenv_kind "$1"
    for __mcpenv_x in "${__mcpenv_kept[@]}"; do
        \builtin test "$__mcpenv_x" != "$1" || __mcpenv_t=l
    done
    case $__mcpenv_t in
    l) \builtin return 0 ;;
    -)
        __mcpenv_refuse "$1"
        \builtin return 0
        ;;
    esac
    __mcpenv_part=1
    [[ -z $__mcpenv_t ]] || __mcpenv_k[__mcpenv_i]=$__mcpenv_t __mcpenv_p[__mcpenv_i]=${!1-}
    __mcpenv_i=$((__mcpenv_i + 1))
    __mcpenv_v+=("$2") __mcpenv_u+=("$1") __mcpenv_e+=("$2")
}

__mcpenv_fin() {
    if [[ -n $1 ]]; then
        \builtin export "__MCPENV_LOADED=$1"
        __mcpenv_on=1
    else
        \builtin unset -v __MCPENV_LOADED
        __mcpenv_on=''
    fi
    \builtin local __mcpenv_i="$2"
    # bash before 5 may compare whole seconds; SECONDS is cut off, so three of them are two at least
    if [[ $3 != 0 && $__mcpenv_bash -lt 500 ]] && [[ $__mcpenv_i -eq 0 || $__mcpenv_i -gt 3 ]]; then __mcpenv_i=3; fi
    if [[ $__mcpenv_i -gt 0 ]]; then
        case ${SECONDS-} in
        '' | *[!0-9]*) __mcpenv_was=0 __mcpenv_wake=0 ;;
        *) __mcpenv_was=$SECONDS __mcpenv_wake=$((SECONDS + __mcpenv_i)) ;;
        esac
    fi
}

# Another tool's hook that ran after ours may have taken our value for the user's and put it back once we had left.
__mcpenv_sweep() {
    \builtin local __mcpenv_i=-1 __mcpenv_j __mcpenv_x __mcpenv_t
    if [[ -n $__mcpenv_gq ]] && \builtin eval "[[ -z $__mcpenv_gq ]]"; then
        # nothing stands in any of them
        [[ -z $__mcpenv_old ]] || __mcpenv_v=()
        __mcpenv_old='' __mcpenv_gone=''
        __mcpenv_gk=() __mcpenv_gp=() __mcpenv_gv=()
        \builtin return 0
    fi
    __mcpenv_keep
    for __mcpenv_x in "${__mcpenv_gv[@]%%=*}"; do
        __mcpenv_i=$((__mcpenv_i + 1))
        if [[ -n ${!__mcpenv_x+x} ]] && \builtin test "$__mcpenv_x=${!__mcpenv_x}" = "${__mcpenv_gv[__mcpenv_i]}"; then
            __mcpenv_t=${__mcpenv_gk[__mcpenv_i]-u}
            for __mcpenv_j in "${!__mcpenv_n[@]}"; do
                if \builtin test "${__mcpenv_n[__mcpenv_j]}" = "$__mcpenv_x"; then
                    __mcpenv_t=l
                    [[ ${__mcpenv_k[__mcpenv_j]-} == l ]] || \builtin export "${__mcpenv_v[__mcpenv_j]}"
                fi
            done
            case $__mcpenv_t in
            u) \builtin unset -v "$__mcpenv_x" ;;
            x) \builtin export "$__mcpenv_x=${__mcpenv_gp[__mcpenv_i]}" ;;
            s)
                __mcpenv_hold "$__mcpenv_x" "${__mcpenv_gp[__mcpenv_i]}"
                \builtin export -n "${__mcpenv_x?}"
                ;;
            esac
        fi
    done 2>/dev/null
    __mcpenv_gone=''
    __mcpenv_gk=() __mcpenv_gp=() __mcpenv_gv=()
}

# the state for $PWD is settled
__mcpenv_rest() {
    __mcpenv_root=$__mcpenv_d
    if [[ -n $__mcpenv_root ]]; then
        __mcpenv_a=("${__mcpenv_w[@]}" "${__mcpenv_c[@]}")
    elif ! \builtin test "${PWD-}" = "$__mcpenv_out"; then
        __mcpenv_out=${PWD-}
        __mcpenv_oa=("${__mcpenv_c[@]}")
    fi
    [[ -z $__mcpenv_fail || -z $__mcpenv_root ]] || __mcpenv_sign "$__mcpenv_root"
    __mcpenv_key=${PWD-}
    __mcpenv_busy=''
}

__mcpenv_forget() {
    __mcpenv_f=() __mcpenv_w=() __mcpenv_wake='' __mcpenv_was=''
}

__mcpenv_sync() {
    \builtin local __mcpenv_d __mcpenv_c __mcpenv_o __mcpenv_how=own __mcpenv_stay='' __mcpenv_last="$__mcpenv_busy"
    __mcpenv_walk
    if [[ -n $__mcpenv_d ]] && \builtin test "$__mcpenv_d" = "$__mcpenv_root"; then __mcpenv_stay=1; fi
    # from here to its end an interrupt leaves a mark, and an interrupted load is not tried again at once
    __mcpenv_busy=x${PWD-} __mcpenv_key=''
    if [[ -z $__mcpenv_stay ]]; then __mcpenv_said='' __mcpenv_kept=(); fi
    if [[ -n $__mcpenv_last ]]; then
        __mcpenv_undo
        __mcpenv_forget
        __mcpenv_fail=1
        if \builtin test "$__mcpenv_last" = "$__mcpenv_busy"; then
            __mcpenv_print 'mcpenv: interrupted, nothing is loaded here until something changes'
            __mcpenv_rest
            \builtin return 0
        fi
    fi
    [[ -n $__mcpenv_on || -z ${__MCPENV_LOADED-} ]] || __mcpenv_how=foreign
    if [[ $__mcpenv_how == foreign ]]; then
        \builtin :
    elif [[ -z $__mcpenv_d ]]; then
        __mcpenv_undo
        __mcpenv_forget
        __mcpenv_fail=''
        __mcpenv_rest
        \builtin return 0
    elif [[ -n $__mcpenv_stay && -z $__mcpenv_fail ]] && __mcpenv_still; then
        __mcpenv_rest
        \builtin return 0
    fi
    if [[ -x $__mcpenv_bin ]] &&
        __mcpenv_o=$(\builtin exec "$__mcpenv_bin" hook-env bash "$__mcpenv_d" "$$" "$__mcpenv_how"); then
        case $__mcpenv_o in
        '#mcpenv 1'$'\n'*$'\n''#end')
            __mcpenv_forget
            \builtin eval "$__mcpenv_o"
            __mcpenv_fail=''
            __mcpenv_rest
            \builtin return 0
            ;;
        esac
    fi
    __mcpenv_undo
    __mcpenv_forget
    if [[ -z $__mcpenv_fail || -z $__mcpenv_stay ]]; then
        __mcpenv_print 'mcpenv: could not load here, nothing is set; run mcpenv status'
    fi
    __mcpenv_fail=1
    __mcpenv_rest
}

# Options that would trace values, export the record or end the shell are off while it runs. What they were stands in a
# variable, not on the stack: after an interrupt the next prompt puts them back.
__mcpenv_hook() {
    \builtin local __mcpenv_rc="$?"
    case $- in *[aeEkTuvx]*) { __mcpenv_opt=("$-"); \builtin set +aeEkTuvx; } 2>/dev/null ;; esac
    [[ -z $__mcpenv_gone ]] || __mcpenv_sweep
    if ! \builtin test "${PWD-}" = "$__mcpenv_key" || ! __mcpenv_still; then __mcpenv_sync; fi
    if [[ -n ${__mcpenv_opt-} ]]; then
        {
            __mcpenv_options "${__mcpenv_opt-}"
            # under errexit a function that answers with a failure would end the shell
            case $- in *e*) \builtin return 0 ;; esac
            \builtin return "$__mcpenv_rc"
        } 2>/dev/null
    fi
    \builtin return "$__mcpenv_rc"
}

__mcpenv_options() {
    __mcpenv_opt=()
    case $1 in *k*) \builtin set -k ;; esac
    case $1 in *u*) \builtin set -u ;; esac
    case $1 in *a*) \builtin set -a ;; esac
    case $1 in *e*) \builtin set -e ;; esac
    case $1 in *E*) \builtin set -E ;; esac
    case $1 in *T*) \builtin set -T ;; esac
    case $1 in *v*) \builtin set -v ;; esac
    case $1 in *x*) \builtin set -x ;; esac
}

__mcpenv_join() {
    \builtin local __mcpenv_x
    for __mcpenv_x in "${PROMPT_COMMAND[@]}"; do
        case $__mcpenv_x in *__mcpenv_hook*) \builtin return 0 ;; esac
    done
    # shellcheck disable=SC2030,SC2031 # the subshell only asks whether it may be assigned to
    if ! (PROMPT_COMMAND=${PROMPT_COMMAND-}) 2>/dev/null; then
        __mcpenv_print 'mcpenv: PROMPT_COMMAND is read-only here, so the hook is not installed'
    elif [[ $__mcpenv_bash -ge 501 ]]; then
        PROMPT_COMMAND+=(__mcpenv_hook)
    else
        # a newline: what stands there may end in a semicolon or a comment
        # shellcheck disable=SC2128,SC2178 # before 5.1 only the first element of an array is run
        PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__mcpenv_hook
    fi
}

__mcpenv_install() {
    \builtin local __mcpenv_options="$1" __mcpenv_x
    # index 1 cannot come from the environment: the hook was installed in this very shell before
    [[ -z ${__mcpenv_here[1]-} ]] || __mcpenv_undo
    for __mcpenv_x in "${!__mcpenv_@}"; do
        case $__mcpenv_x in __mcpenv_x | __mcpenv_options) ;; *) \builtin unset -v "$__mcpenv_x" ;; esac
    done
    __mcpenv_bin=::MCPENV::
    __mcpenv_stop=(::STOP::)
    __mcpenv_bash=$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))
    [[ $__mcpenv_bash -lt 403 ]] || \builtin eval '
__mcpenv_bare() {
    \builtin local __mcpenv_x
    for __mcpenv_x in "${@/%/[@]}"; do
        [[ -z ${!__mcpenv_x+x} && ! -R ${__mcpenv_x%???} ]] || \builtin return 1
    done
}'
    __mcpenv_here=('' 1)
    __mcpenv_opt=() __mcpenv_sig=()
    __mcpenv_n=() __mcpenv_k=() __mcpenv_p=() __mcpenv_v=()
    __mcpenv_gk=() __mcpenv_gp=() __mcpenv_gv=() __mcpenv_gone='' __mcpenv_gq='' __mcpenv_q=() __mcpenv_old=''
    __mcpenv_out='' __mcpenv_oa=()
    __mcpenv_kept=() __mcpenv_warned=() __mcpenv_said=''
    __mcpenv_a=() __mcpenv_key='' __mcpenv_root='' __mcpenv_on='' __mcpenv_busy='' __mcpenv_part='' __mcpenv_fail=''
    __mcpenv_forget
    __mcpenv_join
    { __mcpenv_options "$__mcpenv_options"; } 2>/dev/null
}

__mcpenv_install "${__mcpenv_flags-}"
