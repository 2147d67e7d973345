#include <fmt/format.h>

#include "node/command_context.hpp"
#include "optimiser/scheduling/schedule_file.hpp"

namespace hanse::node {

Result<void> run_schedule(const CommandContext& context) {
  optimiser::scheduling::ScheduleFileOptions options{.write = context.line.option("write")};
  HANSE_CHECK(take_number(context.line, "seconds", options.seconds));
  if (!(options.seconds > 0)) return fail(ErrorCode::invalid, "--seconds: must be over 0");
  std::int64_t threads = options.threads, seed = 1;
  HANSE_CHECK(take_number(context.line, "threads", threads));
  if (threads < 1 || threads > 64) return fail(ErrorCode::invalid, "--threads: must be from 1 to 64");
  HANSE_CHECK(take_number(context.line, "seed", seed));
  options.threads = static_cast<unsigned>(threads);
  options.seed = static_cast<std::uint64_t>(seed);
  const SystemClock clock;
  HANSE_TRY(const auto result, optimiser::scheduling::schedule_file(context.line.arguments.front(), options, clock));
  fmt::print("{}\n", result.summary);
  return {};
}

}  // namespace hanse::node
