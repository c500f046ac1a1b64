package io.migrationmonkey.lab;

/** The demonstration: two migrations under load, and the receipt. */
public final class Demo {

  private Demo() {}

  public static void main(String[] args) {}
}
