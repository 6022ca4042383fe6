#!/bin/sh
# Run the transaction's tests on other file systems, each on a fresh image: tests/filesystems.sh PYTHON [FS…]
#
# FS: btrfs, xfs, ext4, tmpfs, exfat or vfat. Without one it is btrfs, and a machine that cannot mount it is no failure.
# The image loses its name as soon as it is mounted, so that nothing of it outlives the mount, whatever happens here.

SIZE=4G # sparse; exfat takes 32 kB for every little file
PYTHON=$1
shift
DEMANDED=$#
[ $# -gt 0 ] || set -- btrfs

scratch=$(mktemp -d) || exit 1
mounted=$scratch/mounted
mkdir "$mounted"
tidy_up() {
    ! mountpoint -q "$mounted" || umount "$mounted" || umount --lazy "$mounted"
    rmdir "$mounted" && rm -rf "$scratch"
}
trap tidy_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Mount a new file system of the type $1; otherwise leave the reason in $scratch/why.
mount_new() {
    if [ "$(id -u)" != 0 ]; then
        echo "only root can mount" >"$scratch/why"
        return 1
    fi
    if [ "$1" = tmpfs ]; then
        mount -t tmpfs -o "size=$SIZE" tmpfs "$mounted" 2>"$scratch/why"
        return
    fi
    if ! command -v "mkfs.$1" >/dev/null; then
        echo "there is no mkfs.$1" >"$scratch/why"
        return 1
    fi
    truncate -s "$SIZE" "$scratch/image" && "mkfs.$1" "$scratch/image" >"$scratch/why" 2>&1 &&
        { mount -o loop -t "$1" "$scratch/image" "$mounted" 2>"$scratch/why" ||
            { command -v "mount.$1-fuse" >/dev/null && mount -o loop -t "$1-fuse" "$scratch/image" "$mounted" 2>"$scratch/why"; }; }
    refused=$?
    rm -f "$scratch/image"
    return $refused
}

cannot=0
failed=0
for fs; do
    if mount_new "$fs"; then
        printf '%s: ' "$fs"
        "$PYTHON" -m pytest --quiet --no-header --tb=line --basetemp="$mounted/tests" -p no:cacheprovider \
            -o tmp_path_retention_policy=none \
            tests/test_transaction.py tests/test_recovery.py tests/test_journal.py tests/test_undo.py \
            tests/test_batches.py tests/test_races.py tests/test_steps.py >"$scratch/report" || failed=1
        sed '/^\.*[.FEsx]* *\[ *[0-9]*%\]$/d' "$scratch/report"
        umount "$mounted"
    else
        echo "$fs: not tested: $(head -n 1 "$scratch/why")" >&2
        cannot=1
    fi
done
[ "$failed" = 0 ] && { [ "$cannot" = 0 ] || [ "$DEMANDED" = 0 ]; }
