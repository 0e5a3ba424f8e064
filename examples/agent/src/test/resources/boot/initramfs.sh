#!/bin/sh
# Makes the part of the initramfs that all versions have in common: busybox, modules, init.
# usage: initramfs.sh RESOURCES KERNEL FOLDER    makes FOLDER/initramfs.gz
set -eu
resources=$1 kernel=$2 folder=$3
root=$folder/initramfs
rm -rf "$root"
for directory in bin boot dev etc modules proc sys tmp usr var/lib/kubesolo; do
  mkdir -p "$root/$directory"
done
ln -s bin "$root/sbin"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$resources/init" "$root/init"
chmod 755 "$root/init"
cp "$resources/modules" "$root/modules/order"
while read -r module; do cp "$kernel/modules/$module.ko" "$root/modules/"; done <"$resources/modules"
cd "$root"
find . | cpio --quiet -o -H newc -R 0:0 | gzip -9 >"$folder/initramfs.gz"
