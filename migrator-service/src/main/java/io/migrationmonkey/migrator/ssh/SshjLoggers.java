package io.migrationmonkey.migrator.ssh;

import net.schmizz.sshj.common.LoggerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * Lets sshj speak at debug level only. It logs as an error, with a stack trace, what it throws as
 * well, and a server that reboots is no error.
 */
final class SshjLoggers implements LoggerFactory {

  @Override
  public Logger getLogger(String name) {
    Logger logger = org.slf4j.LoggerFactory.getLogger(name);
    return logger.isDebugEnabled() ? logger : NOPLogger.NOP_LOGGER;
  }

  @Override
  public Logger getLogger(Class<?> type) {
    return getLogger(type.getName());
  }
}
