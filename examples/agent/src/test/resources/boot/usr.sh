#!/bin/sh
# Makes the file system that the emulated device mounts at /usr: the agent as it is installed, with a Java
# runtime of its own and an archive of its classes; and strace, which halts it at a system call.
# usage: usr.sh JAVA_HOME LAUNCHER JAR FOLDER    makes FOLDER/usr.img; by root, because of chroot
set -eu
java_home=$1 launcher=$2 jar=$3 folder=$4
root=$folder/root
agent=/usr/lib/update-agent
rm -rf "$root"
mkdir -p "$root$agent" "$root/usr/bin" "$root/usr/lib64" "$root/proc" "$root/tmp" "$root/dev"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"

# Without jdk.crypto.ec no Ed25519 key is read.
"$java_home/bin/jlink" --output "$root$agent/runtime" --strip-debug --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.xml,java.management,jdk.httpserver,jdk.unsupported,jdk.crypto.ec
cp "$(command -v strace)" "$root/usr/bin/strace"
# On the emulated processor, compiling what runs only a few times takes longer than interpreting it.
sed -e 's/CompileThresholdScaling=[0-9]*/CompileThresholdScaling=10/' -e 's/TieredStopAtLevel=[0-9]/TieredStopAtLevel=1/' \
  "$launcher" >"$root$agent/update-agent"
chmod +x "$root$agent/update-agent"
cp -p "$jar" "$root$agent/update-agent.jar"
ldd "$root$agent/runtime/bin/java" "$root$agent/runtime/lib/server/libjvm.so" "$root/usr/bin/strace" |
  sed -n 's#.*[[:space:]]\(/lib[^ ]*\) (.*#\1#p' | sort -u |
  while read -r library; do
    mkdir -p "$root/usr${library%/*}"
    cp -L "$library" "$root/usr$library"
  done

# A class archive is bound to the paths that it is made at.
for device in null random urandom; do cp -a "/dev/$device" "$root/dev/"; done
inside() {
  unshare --mount --pid --fork --kill-child \
    sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$root" "$@"
}
inside "$agent/runtime/bin/java" -XX:+UseG1GC -Xshare:dump -Xlog:disable
inside "$agent/runtime/bin/java" -XX:+UseG1GC -XX:TieredStopAtLevel=1 -Xlog:disable \
  "-XX:ArchiveClassesAtExit=$agent/update-agent.jsa" -cp "$agent/update-agent.jar" \
  io.kubesolo.update.agent.TrainingRun
rm -f "$folder/usr.img"
mke2fs -q -t ext4 -m 0 -O ^has_journal -d "$root/usr" "$folder/usr.img" 160M
rm -rf "$root"
