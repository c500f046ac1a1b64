package io.migrationmonkey.monitor.disturbed;

import io.migrationmonkey.monitor.MonitorApplication;
import io.migrationmonkey.monitor.memory.HostMemory;
import io.migrationmonkey.monitor.memory.ServerMemory;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * The monitor in a process of its own. All of it is the real one but where its server's files lie:
 * below the folder that the first argument names.
 */
public final class MonitorOfFiles {

  private static final long HOST = 24L << 30;

  private MonitorOfFiles() {}

  public static void main(String[] args) {
    Path root = Path.of(args[0]);
    SpringApplication monitor = new SpringApplication(MonitorApplication.class);
    monitor.addInitializers(context -> {
      GenericApplicationContext beans = (GenericApplicationContext) context;
      beans.getBeanFactory().registerSingleton("noTests", new NoTests());
      beans.registerBean(
          "memoryOfFiles",
          ServerMemory.class,
          () ->
              new ServerMemory(
                  root,
                  () -> new HostMemory.Figures(HOST, HOST * 3 / 4),
                  beans.getBean(Clock.class)),
          definition -> definition.setPrimary(true));
    });
    monitor.run(java.util.Arrays.copyOfRange(args, 1, args.length));
  }

  /** The tests beside this class are on the class path too. */
  private static final class NoTests extends TypeExcludeFilter {

    @Override
    public boolean match(MetadataReader reader, MetadataReaderFactory factory) {
      return reader.getClassMetadata().getClassName().matches(".*(Test|IT)(\\$.*)?");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof NoTests;
    }

    @Override
    public int hashCode() {
      return NoTests.class.hashCode();
    }
  }
}
