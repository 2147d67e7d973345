#include <unistd.h>

#include <cstdio>
#include <exception>

#include "node/command_line.hpp"
#include "node/commands.hpp"

int main(int argc, char** argv) {
  try {
    const auto line = hanse::node::parse_command_line(argc, argv);
    if (!line) {
      std::fputs(line.error().text.c_str(), line.error().status == 0 ? stdout : stderr);
      return line.error().status;
    }
    return hanse::node::run_command(*line, const_cast<const char* const*>(environ));
  } catch (const std::exception& error) {
    // What no Result covers is hopeless: out of memory, a damaged installation.
    std::fprintf(stderr, "hanse: stopped by: %s\n", error.what());
    return 70;  // EX_SOFTWARE
  }
}
