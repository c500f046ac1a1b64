package io.migrationmonkey.proxy.forwarding;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Notes what must not be logged: leaked buffers, and exceptions that nobody has thought of. */
final class Watched implements AutoCloseable {

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel().isGreaterOrEqual(Level.ERROR)
              || (event.getLevel().isGreaterOrEqual(Level.WARN)
                  && event.getThrowableProxy() != null)
              || event.getFormattedMessage().contains("exceptionCaught")) {
            String cause =
                event.getThrowableProxy() == null
                    ? ""
                    : ": " + event.getThrowableProxy().getMessage();
            errors.add(event.getFormattedMessage().lines().limit(20).toList() + cause);
          }
        }
      };

  Watched() {
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  List<String> errors() {
    return errors;
  }

  /** Leaks are noticed when the lost buffer has been collected and the next one is allocated. */
  List<String> leaks() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(50);
      for (int j = 0; j < 200; j++) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        buffer.release();
      }
    }
    return errors.stream().filter(text -> text.contains("LEAK")).toList();
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
  }
}
