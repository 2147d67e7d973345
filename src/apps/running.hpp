#pragma once

#include "apps/engine.hpp"

namespace hanse::apps {

/// An app while it runs.
struct Engine::Running {
  const Manifest* manifest = nullptr;
  std::unique_ptr<App> app;
  AppFigures figures;
  Timestamp now = Timestamp::min();
};

}  // namespace hanse::apps
