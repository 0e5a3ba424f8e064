#!/bin/sh
# Downloads Debian's kernel, without installing it, and takes out what the emulated device needs.
# usage: kernel.sh FOLDER    makes FOLDER/vmlinuz and FOLDER/modules/NAME.ko
set -eu
folder=$1
[ ! -f "$folder/vmlinuz" ] || exit 0
rm -rf "$folder"
mkdir -p "$folder/deb" "$folder/modules"
cd "$folder/deb"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p')
apt-get -q download "$package" || { apt-get -q update && apt-get -q download "$package"; }
dpkg-deb --fsys-tarfile ./*.deb | tar -x ./boot ./lib/modules
find lib/modules -name '*.ko' -exec mv {} "$folder/modules/" \;
mv boot/vmlinuz-* "$folder/vmlinuz"
rm -rf "$folder/deb"
