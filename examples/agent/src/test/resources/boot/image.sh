#!/bin/sh
# Makes the image of one version: a file system with a kernel and an initramfs, which is the common part
# and, appended to it, the files of this version.
# usage: image.sh KERNEL COMMON FILES SIZE IMAGE
set -eu
kernel=$1 common=$2 files=$3 size=$4 image=$5
root=$image.root
rm -rf "$root" "$image"
mkdir -p "$root"
cp "$kernel/vmlinuz" "$root/vmlinuz"
cp "$common" "$root/kubesolo-os.gz"
(cd "$files" && find . -type f | cpio --quiet -o -H newc -R 0:0 | gzip -9) >>"$root/kubesolo-os.gz"
# GRUB 2.06 reads no newer ext4, and small blocks slowly.
mke2fs -q -t ext4 -b 4096 -m 0 -N 16 -O '^has_journal,^metadata_csum,^metadata_csum_seed,^orphan_file' -d "$root" "$image" "$size"
rm -rf "$root"
