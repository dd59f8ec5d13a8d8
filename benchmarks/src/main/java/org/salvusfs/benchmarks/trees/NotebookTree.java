package org.salvusfs.benchmarks.trees;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * What a person keeps in a project: texts, notebooks with pictures in their outputs, images and
 * PDFs, in equal parts. The same seed gives the same bytes.
 */
public final class NotebookTree {
  private static final int FILE_BYTES_MIN = 50_000;
  private static final int FILE_BYTES_MAX = 1_500_000;
  private static final int TEXT_BYTES_MEAN = 16 << 10;
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte[] PDF = "%PDF-1.7\n".getBytes(StandardCharsets.US_ASCII);

  private final SourceTree texts;
  private final Noise noise;
  private final long bytes;

  /** A tree of about so many bytes. */
  public NotebookTree(long seed, long bytes) {
    int files = (int) Math.max(1, bytes / 4 / TEXT_BYTES_MEAN);
    this.texts = new SourceTree(seed, files);
    this.noise = new Noise(seed);
    this.bytes = bytes;
  }

  /** Writes the tree into a new directory. */
  public void write(Path root) throws IOException {
    Files.createDirectory(root);
    texts.write(root.resolve("texts"));
    fill(Files.createDirectory(root.resolve("notebooks")), "ipynb", this::notebook);
    fill(Files.createDirectory(root.resolve("images")), "png", this::image);
    fill(Files.createDirectory(root.resolve("papers")), "pdf", this::paper);
  }

  /** Makes the contents of a file of about so many bytes. */
  @FunctionalInterface
  private interface Maker {
    byte[] make(int bytes);
  }

  private void fill(Path directory, String ending, Maker maker) throws IOException {
    long written = 0;
    for (int i = 0; written < bytes / 4; i++) {
      int size = FILE_BYTES_MIN + noise.below(FILE_BYTES_MAX - FILE_BYTES_MIN);
      byte[] contents = maker.make((int) Math.min(size, bytes / 4));
      Files.write(directory.resolve("file" + i + "." + ending), contents);
      written += contents.length;
    }
  }

  private byte[] image(int size) {
    return after(PNG, noise.bytes(size));
  }

  /** Compressed streams between a few words of text. */
  private byte[] paper(int size) {
    return after(after(PDF, texts.text()), noise.bytes(size));
  }

  private byte[] notebook(int size) {
    String picture = Base64.getEncoder().encodeToString(noise.bytes(size * 3 / 4));
    String code = new String(texts.text(), StandardCharsets.US_ASCII).replace("\n", "\\n");
    return """
        {"cells": [{"cell_type": "code", "source": ["%s"],
          "outputs": [{"data": {"image/png": "%s"}, "output_type": "display_data"}]}],
         "nbformat": 4, "nbformat_minor": 5}
        """
        .formatted(code, picture)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] after(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
