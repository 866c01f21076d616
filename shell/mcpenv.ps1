# The hook of mcpenv for PowerShell, in the syntax of 5.1. At each prompt it finds out without a process whether anything
# changed, and only then starts one. What that prints is data; no text with a value in it is ever evaluated, and values are
# handed to .NET, because cmdlets and their arguments may be logged.
#
# A module keeps the state and the strictness to itself. DebuggerStepThrough in each function: Set-PSDebug -Trace 2 would print
# what is assigned, values and all.

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Microsoft.PowerShell.Utility\Write-Warning 'mcpenv: this PowerShell is restricted, so the hook is not installed'
    return
}

if (-not (Microsoft.PowerShell.Core\Get-Module mcpenv)) {
    Microsoft.PowerShell.Core\New-Module -Name mcpenv -ScriptBlock {
        Microsoft.PowerShell.Core\Set-StrictMode -Off
        $script:OnWindows = [IO.Path]::DirectorySeparatorChar -eq '\'
        # what the system tells for a file that is not there: the year 1601
        $script:NoTicks = '504911232000000000'
        $script:Utf8 = [Text.UTF8Encoding]::new($false, $true)

        function New-Table {
            [Diagnostics.DebuggerStepThrough()]param()
            if ($script:OnWindows) { $same = [StringComparer]::OrdinalIgnoreCase } else { $same = [StringComparer]::Ordinal }
            , [Collections.Generic.Dictionary[string, object]]::new($same)
        }

        function ConvertFrom-Data {
            [Diagnostics.DebuggerStepThrough()]param($data)
            $script:Utf8.GetString([Convert]::FromBase64String($data))
        }

        function Write-Line {
            [Diagnostics.DebuggerStepThrough()]param($text)
            [Console]::Error.WriteLine($text)
        }

        # from 7.5 on, $null given for the value would set an empty one
        function Set-Environment {
            [Diagnostics.DebuggerStepThrough()]param($name, $value)
            if ($null -eq $value) {
                [Environment]::SetEnvironmentVariable($name, [NullString]::Value)
            } else {
                [Environment]::SetEnvironmentVariable($name, $value)
            }
        }

        function Get-Stamp {
            [Diagnostics.DebuggerStepThrough()]param($files)
            $stamp = ''
            foreach ($file in $files) {
                try { $stamp += [string][IO.File]::GetLastWriteTimeUtc($file).Ticks + ' ' } catch { $stamp += '- ' }
            }
            $stamp
        }

        # true while nothing that was read has changed
        function Test-Still {
            [Diagnostics.DebuggerStepThrough()]param()
            if ($script:Files.Count -and -not [string]::Equals((Get-Stamp $script:Files), $script:Stamp)) { return $false }
            if ($script:Wake -and [DateTime]::UtcNow.Ticks -ge $script:Wake) { return $false }
            $true
        }

        # finds the project from the current directory upwards, and the places where a nearer one could appear
        function Find-Project {
            [Diagnostics.DebuggerStepThrough()]param($directory)
            $script:Found = ''
            $script:Near = [Collections.Generic.List[string]]::new()
            while ($directory) {
                foreach ($end in $script:Stop) {
                    if ([string]::Equals($directory, $end, $script:PathRule)) { return }
                }
                $file = [IO.Path]::Combine($directory, '.mcpenv.toml')
                if ([IO.File]::Exists($file)) { $script:Found = $directory; return }
                $script:Near.Add($file)
                $directory = [IO.Path]::GetDirectoryName($directory)
            }
        }

        # Takes away what is still ours. Part says that it, or the loading, was interrupted: then a variable that is not set is
        # ours to restore, and nothing is said.
        function Undo-Load {
            [Diagnostics.DebuggerStepThrough()]param()
            $again = $script:Part
            $left = [Collections.Generic.List[string]]::new()
            if (-not $again -and $script:New.Count) {
                $script:GoneNew = $script:New
                $script:GoneOld = $script:Old
                $script:Gone = 1 + $script:Early
            }
            $script:Part = $true
            foreach ($name in @($script:New.Keys)) {
                $now = [Environment]::GetEnvironmentVariable($name)
                if ([string]::Equals($now, $script:New[$name])) {
                    Set-Environment $name $script:Old[$name]
                } elseif (-not $again) {
                    $left.Add($name)
                } elseif ($null -eq $now) {
                    Set-Environment $name $script:Old[$name]
                }
            }
            $script:New = New-Table
            $script:Old = New-Table
            if ($script:On) { Set-Environment '__MCPENV_LOADED' $null }
            $script:On = $false
            $script:Part = $false
            foreach ($name in $left) {
                if ($script:Stay) { $null = $script:Kept.Add($name) }
                Write-Line "mcpenv: $name was changed here and is left as it is"
            }
        }

        # Another tool's hook that ran after ours may have taken our value for the user's and put it back once we had left.
        function Undo-Return {
            [Diagnostics.DebuggerStepThrough()]param()
            foreach ($name in @($script:GoneNew.Keys)) {
                if (-not [string]::Equals([Environment]::GetEnvironmentVariable($name), $script:GoneNew[$name])) { continue }
                if ($script:New.ContainsKey($name)) {
                    Set-Environment $name $script:New[$name]
                } else {
                    Set-Environment $name $script:GoneOld[$name]
                }
            }
            $script:Gone--
            if (-not $script:Gone) { $script:GoneNew = $script:GoneOld = $null }
        }

        function Add-Load {
            [Diagnostics.DebuggerStepThrough()]param($pairs)
            $new = New-Table
            $old = New-Table
            foreach ($pair in $pairs) {
                $name = $pair[0]
                if ($script:Kept.Contains($name) -or $new.ContainsKey($name)) { continue }
                $now = [Environment]::GetEnvironmentVariable($name)
                if ('' -eq $now -and [Environment]::Version.Major -lt 9) {
                    Write-Once "mcpenv: $name is set but empty, which this PowerShell could not put back, and is not loaded"
                } elseif ($now -and -not $script:OnWindows -and $now.IndexOf([char]0xFFFD) -ge 0) {
                    Write-Once "mcpenv: $name is no text here, which PowerShell could not put back, and is not loaded"
                } else {
                    $new[$name] = $pair[1]
                    $old[$name] = $now
                }
            }
            $script:Part = $true
            $script:Old = $old
            $script:New = $new
            foreach ($name in @($new.Keys)) { Set-Environment $name $new[$name] }
            $script:Part = $false
        }

        # a line once in the life of this shell
        function Write-Once {
            [Diagnostics.DebuggerStepThrough()]param($text)
            if ($script:Warned.Add($text)) { Write-Line $text }
        }

        # What the binary says, or $null unless it ended well. A process of .NET rather than `&`: it can be given another
        # directory without a change of location, touches neither $? nor $LASTEXITCODE, needs no quoting, is read as ASCII
        # whatever the console's code page, and can be given up. What it writes to stderr is seen.
        function Get-Answer {
            [Diagnostics.DebuggerStepThrough()]param($directory, $how)
            $start = [Diagnostics.ProcessStartInfo]::new()
            $start.FileName = $script:Binary
            $start.Arguments = "hook-env pwsh - $PID $how"
            $start.WorkingDirectory = $directory
            $start.UseShellExecute = $false
            $start.RedirectStandardInput = $true
            $start.RedirectStandardOutput = $true
            $start.StandardOutputEncoding = [Text.Encoding]::ASCII
            $start.CreateNoWindow = $Host.Name -eq 'Windows PowerShell ISE Host'
            $process = [Diagnostics.Process]::Start($start)
            try {
                $process.StandardInput.Close()
                $text = $process.StandardOutput.ReadToEndAsync()
                if (-not $text.Wait(3000)) { $process.Kill(); return $null }
                if (-not $process.WaitForExit(3000) -or $process.ExitCode -ne 0) { return $null }
                $text.Result
            } finally {
                $process.Dispose()
            }
        }

        # The answer as a table, or $null unless all of it can be read. Touches nothing.
        function Read-Answer {
            [Diagnostics.DebuggerStepThrough()]param($text)
            if ($null -eq $text) { return $null }
            $lines = $text.Replace("`r", '').TrimEnd([char]10).Split([char]10)
            if ($lines.Length -lt 3 -or -not [string]::Equals($lines[0], '#mcpenv 1')) { return $null }
            if (-not [string]::Equals($lines[-1], '#end')) { return $null }
            $answer = @{
                Adopt = @(); Undo = $false; Put = [Collections.Generic.List[object]]::new(); Say = $null
                Warn = [Collections.Generic.List[string]]::new(); Files = [Collections.Generic.List[string]]::new()
                Stamp = ''; Fin = $null; IsWhole = $false
            }
            for ($i = 1; $i -lt $lines.Length - 1; $i++) {
                $word = $lines[$i].Split([char]32)
                switch -CaseSensitive ("$($word[0]) $($word.Length)") {
                    'undo 1' { $answer.Undo = $true }
                    'put 3' {
                        if (-not (Test-Name $word[1])) { return $null }
                        $answer.Put.Add(@($word[1], (ConvertFrom-Data $word[2])))
                    }
                    'say 2' { $answer.Say = ConvertFrom-Data $word[1] }
                    'warn 2' { $answer.Warn.Add((ConvertFrom-Data $word[1])) }
                    'watch 3' {
                        $answer.Files.Add((ConvertFrom-Data $word[1]))
                        $answer.Stamp += [string][long]$word[2] + ' '
                        if ([long]$word[2] % 10000000 -eq 0) { $answer.IsWhole = $true }
                    }
                    'absent 2' {
                        $answer.Files.Add((ConvertFrom-Data $word[1]))
                        $answer.Stamp += $script:NoTicks + ' '
                    }
                    'fin 4' {
                        if ($i -ne $lines.Length - 2) { return $null }
                        $answer.Fin = @($word[1], [int]$word[2], [int]$word[3])
                    }
                    default {
                        if ($word[0] -cne 'adopt') { return $null }
                        for ($j = 1; $j -lt $word.Length; $j++) {
                            if (-not (Test-Name $word[$j])) { return $null }
                            $answer.Adopt += $word[$j]
                        }
                    }
                }
            }
            if ($null -eq $answer.Fin) { return $null }
            $answer
        }

        function Test-Name {
            [Diagnostics.DebuggerStepThrough()]param($name)
            [regex]::IsMatch($name, '\A[A-Za-z_][A-Za-z0-9_]{0,127}\z')
        }

        function Use-Answer {
            [Diagnostics.DebuggerStepThrough()]param($answer)
            foreach ($name in $answer.Adopt) {
                $now = [Environment]::GetEnvironmentVariable($name)
                if ($now) {
                    $script:Old[$name] = $null
                    $script:New[$name] = $now
                }
            }
            if ($answer.Undo) { Undo-Load }
            if ($answer.Put.Count) { Add-Load $answer.Put }
            if ($null -ne $answer.Say -and -not [string]::Equals($answer.Say, $script:Said)) {
                $script:Said = $answer.Say
                Write-Line $answer.Say
            }
            foreach ($text in $answer.Warn) { Write-Once $text }
            $script:Files = $answer.Files
            $script:Stamp = $answer.Stamp
            $marker, $seconds, $racy = $answer.Fin
            $script:On = $marker -cne '-'
            if ($script:On) { Set-Environment '__MCPENV_LOADED' $marker } else { Set-Environment '__MCPENV_LOADED' $null }
            # only on a file system of whole seconds (FAT) can a young file change and keep its time
            if ($racy -and $answer.IsWhole -and (-not $seconds -or $seconds -gt 3)) { $seconds = 3 }
            if ($seconds) { $script:Wake = [DateTime]::UtcNow.Ticks + 10000000 * [long]$seconds }
        }

        function Clear-Watch {
            [Diagnostics.DebuggerStepThrough()]param()
            $script:Files = @()
            $script:Stamp = ''
            $script:Wake = 0
        }

        # the state for this directory is settled
        function Complete-Sync {
            [Diagnostics.DebuggerStepThrough()]param($here)
            $script:Root = $script:Found
            if ($script:Fail -and $script:Root) {
                # nothing was told to watch: what this shell knows of itself
                $script:Files = @($script:Root, [IO.Path]::Combine($script:Root, '.mcpenv.toml'), $script:Binary)
                $script:Stamp = Get-Stamp $script:Files
            }
            $script:Key = $here
            $script:Busy = $null
        }

        function Sync-Load {
            [Diagnostics.DebuggerStepThrough()]param($here)
            $last = $script:Busy
            Find-Project $here
            $script:Stay = $script:Found -and [string]::Equals($script:Found, $script:Root)
            # from here to its end an interrupt leaves a mark, and an interrupted load is not tried again at once
            $script:Busy = $here
            $script:Key = $null
            if (-not $script:Stay) {
                $script:Said = $null
                $script:Kept.Clear()
            }
            if ($null -ne $last) {
                Undo-Load
                Clear-Watch
                $script:Fail = $true
                if ([string]::Equals($last, $here)) {
                    Write-Line 'mcpenv: interrupted, nothing is loaded here until something changes'
                    Complete-Sync $here
                    return
                }
            }
            $how = 'own'
            if (-not $script:On -and [Environment]::GetEnvironmentVariable('__MCPENV_LOADED')) { $how = 'foreign' }
            if ($how -eq 'own') {
                if (-not $script:Found) {
                    Undo-Load
                    Clear-Watch
                    $script:Fail = $false
                    Complete-Sync $here
                    return
                }
                if ($script:Stay -and -not $script:Fail -and (Test-Still)) {
                    Complete-Sync $here
                    return
                }
            }
            $answer = $null
            if ($script:Found) { $directory = $script:Found } else { $directory = $here }
            try { $answer = Read-Answer (Get-Answer $directory $how) } catch { $answer = $null }
            if ($null -ne $answer) {
                Clear-Watch
                Use-Answer $answer
                $script:Fail = $false
            } else {
                Undo-Load
                Clear-Watch
                if (-not $script:Fail -or -not $script:Stay) {
                    Write-Line 'mcpenv: could not load here, nothing is set; run mcpenv status'
                }
                $script:Fail = $true
            }
            Complete-Sync $here
        }

        # Leaves $? to its caller, and neither an error in $Error nor one that ends the prompt.
        function Invoke-McpenvHook {
            [Diagnostics.DebuggerStepThrough()]param([int]$early = 0)
            $ErrorActionPreference = 'SilentlyContinue'
            $errors = $global:Error.Count
            try {
                $script:Early = $early
                if ($script:Gone -and -not $early) { Undo-Return }
                # in HKLM:\ or the like the last directory counts
                $here = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
                $same = $null -eq $script:Busy -and [string]::Equals($here, $script:Key)
                if ($same) {
                    foreach ($file in $script:Near) {
                        if ([IO.File]::Exists($file)) { $same = $false; break }
                    }
                }
                if (-not $same -or -not (Test-Still)) { Sync-Load $here }
            } catch { }
            while ($global:Error.Count -gt $errors) { $global:Error.RemoveAt(0) }
        }

        # puts the hook before the prompt that is there, unless it is before it already
        function Install-McpenvPrompt {
            [Diagnostics.DebuggerStepThrough()]param()
            if ("$function:global:prompt".Contains('Invoke-McpenvHook')) { return }
            $script:Inner = $function:global:prompt
            if (-not $script:Inner) { $script:Inner = { 'PS> ' } }
            function global:prompt {
                [Diagnostics.DebuggerStepThrough()]param()
                $__mcpenv_ok = $global:?
                Invoke-McpenvHook
                if ($__mcpenv_ok -ne $global:?) {
                    if ($__mcpenv_ok) { $null = 1 } else { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
                }
                & $script:Inner
            }
        }

        function Install-McpenvHook {
            [Diagnostics.DebuggerStepThrough()]param($binary)
            $script:Binary = ConvertFrom-Data $binary
            $script:Stop = @(foreach ($end in $args) { ConvertFrom-Data $end })
            if ($null -eq $script:New) {
                if ($script:OnWindows) { $script:PathRule = [StringComparison]::OrdinalIgnoreCase }
                else { $script:PathRule = [StringComparison]::Ordinal }
                $script:New = New-Table
                $script:Old = New-Table
                if ($script:OnWindows) { $same = [StringComparer]::OrdinalIgnoreCase } else { $same = [StringComparer]::Ordinal }
                $script:Kept = [Collections.Generic.HashSet[string]]::new($same)
                $script:Warned = [Collections.Generic.HashSet[string]]::new()
                $script:Near = @()
                $script:Root = ''
                $script:Key = $script:Busy = $script:Said = $null
                $script:On = $script:Part = $script:Fail = $script:Stay = $false
                $script:Gone = $script:Early = 0
                Clear-Watch
                # 7 and later: `cd project; command` works, and a prompt that another tool defined later gets the hook back
                $events = $ExecutionContext.SessionState.InvokeCommand
                if ($events.PSObject.Properties['LocationChangedAction']) {
                    $moved = [EventHandler[Management.Automation.LocationChangedEventArgs]] {
                        [Diagnostics.DebuggerStepThrough()]param()
                        Invoke-McpenvHook 1
                        Install-McpenvPrompt
                    }
                    $events.LocationChangedAction = [Delegate]::Combine($events.LocationChangedAction, $moved)
                }
            }
            Install-McpenvPrompt
        }

        Microsoft.PowerShell.Core\Export-ModuleMember -Function Invoke-McpenvHook, Install-McpenvHook
    } | Microsoft.PowerShell.Core\Import-Module -Global
}
Install-McpenvHook ::MCPENV:: ::STOP::
