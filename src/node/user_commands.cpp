#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "node/access/user_book.hpp"
#include "node/command_context.hpp"
#include "node/foundation.hpp"

namespace hanse::node {
namespace {

/// Typed characters don't show while this lives.
class QuietTerminal {
 public:
  QuietTerminal() : typed_(isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!typed_) return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  ~QuietTerminal() {
    if (!typed_) return;
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    fmt::print("\n");
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  termios before_{};
  bool typed_;
};

std::string read_password(std::string_view question) {
  if (isatty(STDIN_FILENO)) fmt::print("{}: ", question);
  std::fflush(stdout);
  const QuietTerminal quiet;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

}  // namespace

/// The way back in when nobody who could set a password is left: whoever may write the data folder could do anything
/// to it anyway. The folder's lock keeps it from a running node.
Result<void> run_user_password(const CommandContext& context) {
  const SystemClock clock;
  const Log log{clock, LogLevel::warning, context.settings.log.format};
  HANSE_TRY(const auto base, open_foundation(context.settings, clock, log));
  UserBook users{*base.store, PasswordCost{}};
  HANSE_TRY(const auto id, UserBook::id_of(context.line.arguments.front()));
  HANSE_TRY(const auto user, users.get(id));
  const auto password = read_password("New password for " + user.record.name);
  const bool typed = isatty(STDIN_FILENO) != 0;
  if (typed && read_password("Once more") != password) {
    return fail(ErrorCode::invalid, "the two passwords differ; nothing was changed");
  }
  HANSE_CHECK(users.set_password({"system:console"}, user.record, password));
  fmt::print("the password of {} is set{}\n", user.record.name,
             user.record.disabled ? "; the user is disabled and can't sign in before an administrator enables it" : "");
  return {};
}

}  // namespace hanse::node
