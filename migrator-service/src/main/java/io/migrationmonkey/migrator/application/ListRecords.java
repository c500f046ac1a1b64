package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a digest is made of, by path: for finding out where two servers differ. */
public record ListRecords(DataSet data, Duration timeout)
    implements RemoteCommand<Map<String, String>> {

  @Override
  public Invocation invocation() {
    return Survey.invocation("records", data, Priority.NORMAL, timeout);
  }

  @Override
  public Map<String, String> parse(Output output) {
    Map<String, String> records = new TreeMap<>();
    for (String record : output.stdout().split("\0")) {
      int end = record.indexOf("//");
      if (end > 0) {
        records.put(record.substring(0, end), record.substring(end));
      }
    }
    return records;
  }

  /** The paths that only one side has, or that are not the same on both. */
  public static List<String> differences(Map<String, String> here, Map<String, String> there) {
    List<String> differences = new ArrayList<>();
    here.forEach((path, record) -> {
      if (!record.equals(there.get(path))) {
        differences.add(path);
      }
    });
    there.keySet().stream().filter(path -> !here.containsKey(path)).forEach(differences::add);
    return differences;
  }
}
