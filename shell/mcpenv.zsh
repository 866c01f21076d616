# The hook of mcpenv for zsh. Each prompt it finds out with builtins alone whether anything changed, and only then starts one
# process. It sets no trap, and what it keeps of values stands in arrays, which zsh never exports.
#
# `mcpenv hook zsh` wraps this text in `emulate zsh -o no_xtrace … -c`, so that every function runs under the same options
# whatever the user's are. `builtin` before each call passes by functions of the same name.

# true while nothing that was read has changed
__mcpenv_still() {
    if (( $#__mcpenv_f )); then
        __mcpenv_stat && [[ "${(j: :)__mcpenv_t}" == "$__mcpenv_s" ]] || builtin return 1
    fi
    builtin local __mcpenv_x
    for __mcpenv_x in $__mcpenv_a; do
        [[ ! -e $__mcpenv_x ]] || builtin return 1
    done
    if [[ -n $__mcpenv_wake ]]; then
        __mcpenv_now
        (( __mcpenv_x >= __mcpenv_was && __mcpenv_x < __mcpenv_wake )) || builtin return 1
    fi
    builtin return 0
}

# the seconds of the clock, in the caller's __mcpenv_x
__mcpenv_now() {
    __mcpenv_x=${EPOCHSECONDS:-${(%):-%D{%s}}}
    [[ $__mcpenv_x == <-> ]] || __mcpenv_x=0
}

# the times of the watched files, in __mcpenv_t; false when one is gone
__mcpenv_stat() {
    builtin zstat -A __mcpenv_t -F $__mcpenv_form +mtime -- $__mcpenv_f 2>/dev/null
}

# finds the project from $PWD upwards (__mcpenv_d, '' for none) and the places where a nearer one could appear (__mcpenv_c)
__mcpenv_walk() {
    builtin local __mcpenv_x=$PWD
    __mcpenv_d= __mcpenv_c=()
    [[ $__mcpenv_x == /* ]] || builtin return 0
    while [[ $__mcpenv_x == */ ]]; do __mcpenv_x=${__mcpenv_x%/}; done
    while (( 1 )); do
        (( ! ${__mcpenv_stop[(Ie)${__mcpenv_x:-/}]} )) || builtin return 0
        if [[ -e $__mcpenv_x/.mcpenv.toml ]]; then
            __mcpenv_d=${__mcpenv_x:-/}
            builtin return 0
        fi
        __mcpenv_c+=("$__mcpenv_x/.mcpenv.toml")
        [[ -n $__mcpenv_x ]] || builtin return 0
        __mcpenv_x=${__mcpenv_x%/*}
    done
}

__mcpenv_print() {
    builtin print -u2 -r -- "$1"
}

# a line on entry; not repeated until the shell has left
__mcpenv_say() {
    [[ "$1" == "$__mcpenv_said" ]] || { __mcpenv_said=$1; __mcpenv_print "$1" }
}

# a line once in the life of this shell
__mcpenv_warn() {
    (( ! ${__mcpenv_warned[(Ie)$1]} )) || builtin return 0
    __mcpenv_warned+=("$1")
    __mcpenv_print "$1"
}

__mcpenv_adopt() {
    builtin local __mcpenv_x
    for __mcpenv_x in "$@"; do
        if [[ ${(Pt)__mcpenv_x} == scalar-export ]]; then
            __mcpenv_v[$__mcpenv_x]=${(P)__mcpenv_x}
            __mcpenv_p[$__mcpenv_x]=
            __mcpenv_k[$__mcpenv_x]=u
        fi
    done
    __mcpenv_on=1
}

# Kinds: u was unset, s set, x exported, l is left alone. Decides first and only then touches anything; __mcpenv_part says that
# it was touching when it was interrupted, and then an unset variable is ours to restore. A variable that a running function
# has made local (this can be called from a `cd` inside one) waits for the next prompt.
__mcpenv_undo() {
    builtin local __mcpenv_x __mcpenv_b=$__mcpenv_part
    builtin local -a __mcpenv_t __mcpenv_left __mcpenv_later
    if [[ -z $__mcpenv_b ]] && (( $#__mcpenv_k )); then
        __mcpenv_gk=("${(@kv)__mcpenv_k}") __mcpenv_gp=("${(@kv)__mcpenv_p}") __mcpenv_gv=("${(@kv)__mcpenv_v}")
        __mcpenv_gone=$(( __mcpenv_early + 1 ))
    fi
    for __mcpenv_x in ${(k)__mcpenv_k}; do
        if [[ $__mcpenv_k[$__mcpenv_x] == l ]]; then
            builtin continue
        elif [[ ${(Pt)__mcpenv_x} == *local* ]]; then
            __mcpenv_later+=($__mcpenv_x)
        elif [[ ${(Pt)__mcpenv_x} == (scalar|scalar-export) && "${(P)__mcpenv_x}" == "$__mcpenv_v[$__mcpenv_x]" ]]; then
            __mcpenv_t+=($__mcpenv_x)
        elif [[ -z $__mcpenv_b ]]; then
            __mcpenv_k[$__mcpenv_x]=l
            __mcpenv_left+=($__mcpenv_x)
        elif [[ -n ${(Pt)__mcpenv_x} ]]; then
            __mcpenv_k[$__mcpenv_x]=l
        fi
    done
    __mcpenv_part=1
    (( ! $#__mcpenv_t )) || builtin unset -- $__mcpenv_t
    __mcpenv_t=()
    for __mcpenv_x in ${(k)__mcpenv_k}; do
        if (( ${__mcpenv_later[(Ie)$__mcpenv_x]} )); then
            builtin continue
        elif [[ $__mcpenv_k[$__mcpenv_x] == x ]]; then
            __mcpenv_t+=("$__mcpenv_x=$__mcpenv_p[$__mcpenv_x]")
        elif [[ $__mcpenv_k[$__mcpenv_x] == s ]]; then
            builtin typeset -g +x -- "$__mcpenv_x=$__mcpenv_p[$__mcpenv_x]"
        fi
    done
    (( ! $#__mcpenv_t )) || builtin typeset -gx -- "${(@)__mcpenv_t}"
    [[ -z $__mcpenv_on ]] || builtin unset __MCPENV_LOADED
    for __mcpenv_x in ${(k)__mcpenv_k}; do
        if (( ${__mcpenv_later[(Ie)$__mcpenv_x]} )); then
            __mcpenv_again=1
        else
            builtin unset "__mcpenv_k[$__mcpenv_x]" "__mcpenv_p[$__mcpenv_x]" "__mcpenv_v[$__mcpenv_x]"
        fi
    done
    __mcpenv_on= __mcpenv_part=
    for __mcpenv_x in $__mcpenv_left; do
        [[ -z $__mcpenv_stay ]] || __mcpenv_kept+=($__mcpenv_x)
        __mcpenv_print "mcpenv: $__mcpenv_x was changed here and is left as it is"
    done
}

__mcpenv_put() {
    builtin local __mcpenv_x __mcpenv_t
    builtin local -a __mcpenv_e __mcpenv_u
    while (( $# >= 2 )); do
        __mcpenv_x=
        case ${(Pt)1} in
        ('') __mcpenv_x=u ;;
        (scalar) __mcpenv_x=s ;;
        (scalar-export) __mcpenv_x=x ;;
        (*local*) __mcpenv_again=1 ;;
        (*) __mcpenv_warn "mcpenv: $1 is readonly, an integer, an array or the like in this shell and is not loaded" ;;
        esac
        if [[ -n $__mcpenv_x ]] && (( ! ${__mcpenv_kept[(Ie)$1]} )); then
            __mcpenv_part=1
            __mcpenv_v[$1]=$2
            __mcpenv_p[$1]=${(P)1}
            __mcpenv_k[$1]=$__mcpenv_x
            __mcpenv_u+=($1) __mcpenv_e+=("$1=$2")
        fi
        builtin shift 2
    done
    (( $#__mcpenv_u )) || builtin return 0
    builtin unset -- $__mcpenv_u
    builtin typeset -gx -- "${(@)__mcpenv_e}"
    __mcpenv_part=
}

__mcpenv_watch() {
    builtin local -i __mcpenv_i=$1
    builtin local -a __mcpenv_x
    builtin shift
    while (( __mcpenv_i-- > 0 )); do
        __mcpenv_f+=("$1")
        [[ $__mcpenv_form == *.* ]] && __mcpenv_x+=("$2") || __mcpenv_x+=("${2%.*}")
        builtin shift 2
    done
    __mcpenv_s=${(j: :)__mcpenv_x}
    __mcpenv_w=("$@")
    # without the module that reads a file's times only a change of the directory is noticed
    (( __mcpenv_stats )) || __mcpenv_f=()
}

__mcpenv_fin() {
    if [[ -n $1 ]]; then
        builtin typeset -gx -- "__MCPENV_LOADED=$1"
        __mcpenv_on=1
    else
        builtin unset __MCPENV_LOADED
        __mcpenv_on=
    fi
    builtin local __mcpenv_x
    builtin local -i __mcpenv_i=$2
    [[ $3 == 0 || $__mcpenv_form == *.* ]] || (( __mcpenv_i && __mcpenv_i < 3 )) || __mcpenv_i=3
    if (( __mcpenv_i )); then
        __mcpenv_now
        __mcpenv_was=$__mcpenv_x __mcpenv_wake=$(( __mcpenv_x + __mcpenv_i ))
    fi
}

# Another tool's hook that ran after ours may have taken our value for the user's and put it back once we had left.
__mcpenv_sweep() {
    builtin local __mcpenv_x
    for __mcpenv_x in ${(k)__mcpenv_gk}; do
        if [[ ${(Pt)__mcpenv_x} != (scalar|scalar-export) || "${(P)__mcpenv_x}" != "$__mcpenv_gv[$__mcpenv_x]" ]]; then
            builtin continue
        elif (( ${+__mcpenv_k[$__mcpenv_x]} )); then
            builtin typeset -gx -- "$__mcpenv_x=$__mcpenv_v[$__mcpenv_x]"
        else
            case $__mcpenv_gk[$__mcpenv_x] in
            (u) builtin unset $__mcpenv_x ;;
            (x) builtin typeset -gx -- "$__mcpenv_x=$__mcpenv_gp[$__mcpenv_x]" ;;
            (s) builtin typeset -g +x -- "$__mcpenv_x=$__mcpenv_gp[$__mcpenv_x]" ;;
            esac
        fi
    done
    (( --__mcpenv_gone )) || { __mcpenv_gk=() __mcpenv_gp=() __mcpenv_gv=() }
}

# the state for $PWD is settled
__mcpenv_rest() {
    __mcpenv_root=$__mcpenv_d
    __mcpenv_a=($__mcpenv_w $__mcpenv_c)
    if [[ -n $__mcpenv_fail && -n $__mcpenv_root ]] && (( __mcpenv_stats )); then
        # nothing was told to watch: what this shell knows of itself
        __mcpenv_f=($__mcpenv_root $__mcpenv_root/.mcpenv.toml)
        [[ ! -e $__mcpenv_bin ]] && __mcpenv_a+=($__mcpenv_bin) || __mcpenv_f+=($__mcpenv_bin)
        __mcpenv_stat && __mcpenv_s=${(j: :)__mcpenv_t}
    fi
    # what was local to a function is done again at the prompt
    [[ -n $__mcpenv_again ]] && __mcpenv_key= || __mcpenv_key=$PWD
    __mcpenv_busy=
}

__mcpenv_forget() {
    __mcpenv_f=() __mcpenv_s= __mcpenv_w=() __mcpenv_wake= __mcpenv_was=
}

__mcpenv_sync() {
    builtin local __mcpenv_d __mcpenv_o __mcpenv_how=own __mcpenv_stay= __mcpenv_last=$__mcpenv_busy __mcpenv_redo=$__mcpenv_again
    builtin local -a __mcpenv_c
    __mcpenv_walk
    [[ -n $__mcpenv_d && $__mcpenv_d == "$__mcpenv_root" ]] && __mcpenv_stay=1
    # from here to its end an interrupt leaves a mark, and an interrupted load is not tried again at once
    __mcpenv_busy=x$PWD __mcpenv_key= __mcpenv_again=
    [[ -n $__mcpenv_stay ]] || { __mcpenv_said= __mcpenv_kept=() }
    if [[ -n $__mcpenv_last ]]; then
        __mcpenv_undo
        __mcpenv_forget
        __mcpenv_fail=1
        if [[ $__mcpenv_last == "$__mcpenv_busy" ]]; then
            __mcpenv_print "mcpenv: interrupted, nothing is loaded here until something changes"
            __mcpenv_rest
            builtin return 0
        fi
    fi
    [[ -n $__mcpenv_on || -z ${__MCPENV_LOADED-} ]] || __mcpenv_how=foreign
    if [[ $__mcpenv_how == own ]]; then
        if [[ -z $__mcpenv_d ]]; then
            __mcpenv_undo
            __mcpenv_forget
            __mcpenv_fail=
            __mcpenv_rest
            builtin return 0
        elif [[ -n $__mcpenv_stay && -z $__mcpenv_fail && -z $__mcpenv_redo ]] && __mcpenv_still; then
            __mcpenv_rest
            builtin return 0
        fi
    fi
    if [[ -x $__mcpenv_bin ]] &&
        __mcpenv_o=$("$__mcpenv_bin" hook-env zsh "$__mcpenv_d" "$$" "$__mcpenv_how" </dev/null) &&
        [[ $__mcpenv_o == $'#mcpenv 1\n'*$'\n#end' ]]; then
        __mcpenv_forget
        builtin eval "$__mcpenv_o"
        __mcpenv_fail=
        __mcpenv_rest
        builtin return 0
    fi
    __mcpenv_undo
    __mcpenv_forget
    [[ -n $__mcpenv_fail && -n $__mcpenv_stay ]] ||
        __mcpenv_print "mcpenv: could not load here, nothing is set; run mcpenv status"
    __mcpenv_fail=1
    __mcpenv_rest
}

# A DEBUG trap would be handed every command that is run in here, values and all; it is back when this returns.
__mcpenv_quiet() {
    builtin setopt local_traps
    builtin trap - DEBUG ZERR
    [[ -z $__mcpenv_gone ]] || (( ! __mcpenv_gone )) || [[ -n $__mcpenv_early ]] || __mcpenv_sweep
    [[ $PWD == "$__mcpenv_key" ]] && __mcpenv_still || __mcpenv_sync
    builtin return 0
}

__mcpenv_precmd() {
    __mcpenv_early=
    if [[ $__mcpenv_gone == (|0) && $PWD == "$__mcpenv_key" ]] && __mcpenv_still; then
        builtin return 0
    fi
    __mcpenv_quiet
}

# makes `cd project && command` work; the prompt that follows is then an idle one
__mcpenv_chpwd() {
    (( ! ZSH_SUBSHELL )) && [[ -o interactive ]] || builtin return 0
    __mcpenv_early=1
    __mcpenv_quiet
    __mcpenv_early=
}

__mcpenv_install() {
    # an array cannot come from the environment: the hook was installed in this very shell before
    [[ ${(t)__mcpenv_f-} != array* ]] || __mcpenv_undo
    builtin local __mcpenv_x
    for __mcpenv_x in ${(M)${(k)parameters}:#__mcpenv_*}; do
        [[ $__mcpenv_x == __mcpenv_x ]] || builtin unset $__mcpenv_x
    done
    builtin typeset -gH __mcpenv_bin=::MCPENV:: __mcpenv_form=%s.%N
    builtin typeset -gaH __mcpenv_stop __mcpenv_f __mcpenv_w __mcpenv_a __mcpenv_t __mcpenv_kept __mcpenv_warned
    builtin typeset -gAH __mcpenv_k __mcpenv_p __mcpenv_v __mcpenv_gk __mcpenv_gp __mcpenv_gv
    builtin typeset -gH __mcpenv_{s,said,key,root,on,busy,part,fail,wake,was,again,early,stay,gone}
    builtin typeset -giH __mcpenv_stats=0
    __mcpenv_stop=(::STOP::)
    builtin zmodload -F zsh/stat b:zstat 2>/dev/null && __mcpenv_stats=1
    builtin zmodload -F zsh/datetime p:EPOCHSECONDS 2>/dev/null
    if (( __mcpenv_stats )); then
        # older ones do not know %N
        builtin zstat -A __mcpenv_t -F %s.%N +mtime -- / 2>/dev/null
        [[ $__mcpenv_t == <->.<-> ]] && (( ${#${__mcpenv_t[1]#*.}} == 9 )) || __mcpenv_form=%s
    fi
    builtin typeset -ga precmd_functions chpwd_functions
    precmd_functions=(${precmd_functions:#__mcpenv_precmd} __mcpenv_precmd)
    chpwd_functions=(${chpwd_functions:#__mcpenv_chpwd} __mcpenv_chpwd)
}

__mcpenv_install
