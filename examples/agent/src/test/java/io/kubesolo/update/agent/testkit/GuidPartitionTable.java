package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

/** Writes the partition table of a disk: a GPT with its copy at the end, and a protective MBR. */
public final class GuidPartitionTable {
  public static final int SECTOR = 512;
  public static final int MEBIBYTE = 1024 * 1024;

  private static final int HEADER_BYTES = 92;
  private static final int ENTRIES = 128;
  private static final int ENTRY_BYTES = 128;
  private static final int ENTRIES_SECTORS = ENTRIES * ENTRY_BYTES / SECTOR;
  private static final int FIRST_USABLE = 2 + ENTRIES_SECTORS;

  private GuidPartitionTable() {}

  /**
   * A partition.
   *
   * @param number its number on the disk, from 1
   * @param name its label
   * @param mebibyte where it begins
   * @param mebibytes how long it is
   */
  public record Partition(int number, String name, int mebibyte, int mebibytes) {
    /** Returns where it begins, in bytes. */
    public long start() {
      return (long) mebibyte * MEBIBYTE;
    }

    /** Returns how long it is, in bytes. */
    public long size() {
      return (long) mebibytes * MEBIBYTE;
    }

    private long firstSector() {
      return start() / SECTOR;
    }

    private long lastSector() {
      return (start() + size()) / SECTOR - 1;
    }
  }

  /** Makes a disk that is large enough for the partitions, and writes their table. */
  public static void write(Path disk, List<Partition> partitions) throws IOException {
    int sectors = sectors(partitions);
    byte[] entries = entries(partitions);
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength((long) sectors * SECTOR);
      file.write(protectiveRecord(sectors));
      file.write(header(1, sectors - 1, sectors, 2, entries));
      file.write(entries);
      file.seek((sectors - 1L - ENTRIES_SECTORS) * SECTOR);
      file.write(entries);
      file.write(header(sectors - 1, 1, sectors, sectors - 1 - ENTRIES_SECTORS, entries));
    }
  }

  private static int sectors(List<Partition> partitions) {
    long last = partitions.stream().mapToLong(Partition::lastSector).max().orElse(FIRST_USABLE);
    return Math.toIntExact(last + 1 + 2 * FIRST_USABLE);
  }

  private static byte[] entries(List<Partition> partitions) {
    byte[] entries = new byte[ENTRIES * ENTRY_BYTES];
    ByteBuffer buffer = littleEndian(entries);
    for (Partition partition : partitions) {
      buffer.position((partition.number() - 1) * ENTRY_BYTES);
      // The type of a Linux file system, and an identifier of its own.
      buffer.putLong(0x477284830fc63dafL).putLong(0xe47d47d8693d798eL);
      buffer.putLong(1).putLong(partition.number());
      buffer.putLong(partition.firstSector()).putLong(partition.lastSector()).putLong(0);
      buffer.put(partition.name().getBytes(UTF_16LE));
    }
    return entries;
  }

  private static byte[] protectiveRecord(int sectors) {
    byte[] record = new byte[SECTOR];
    ByteBuffer buffer = littleEndian(record);
    buffer.position(446);
    buffer.put(new byte[] {0, 0, 2, 0, (byte) 0xee, -1, -1, -1});
    buffer.putInt(1).putInt(sectors - 1).putShort(510, (short) 0xaa55);
    return record;
  }

  private static byte[] header(int self, int other, int sectors, int entriesAt, byte[] entries) {
    byte[] header = new byte[SECTOR];
    ByteBuffer buffer = littleEndian(header);
    buffer.put("EFI PART".getBytes(US_ASCII)).putInt(0x10000).putInt(HEADER_BYTES);
    buffer.putInt(0).putInt(0);
    buffer.putLong(self).putLong(other);
    buffer.putLong(FIRST_USABLE).putLong(sectors - FIRST_USABLE);
    buffer.putLong(7).putLong(7).putLong(entriesAt).putInt(ENTRIES).putInt(ENTRY_BYTES);
    buffer.putInt(crc32(entries, entries.length));
    buffer.putInt(16, crc32(header, HEADER_BYTES));
    return header;
  }

  private static int crc32(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
