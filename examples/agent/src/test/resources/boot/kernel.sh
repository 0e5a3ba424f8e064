#!/bin/sh
# Downloads Debian's kernel for virtual machines, without installing it, and takes out what the emulated
# device needs. The other kernel is compressed so that the emulated processor takes 4 s longer to start it.
# usage: kernel.sh FOLDER    makes FOLDER/vmlinuz and FOLDER/modules/NAME.ko
set -eu
folder=$1
[ ! -f "$folder/vmlinuz" ] || exit 0
rm -rf "$folder"
mkdir -p "$folder/deb" "$folder/modules"
cd "$folder/deb"
package() { apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: //p'; }
[ -n "$(package)" ] || apt-get -q update
apt-get -q download "$(package)" || { apt-get -q update && apt-get -q download "$(package)"; }
dpkg-deb --fsys-tarfile ./*.deb | tar -x ./boot ./lib/modules
find lib/modules -name '*.ko' -exec mv {} "$folder/modules/" \;
mv boot/vmlinuz-* "$folder/vmlinuz"
rm -rf "$folder/deb"
