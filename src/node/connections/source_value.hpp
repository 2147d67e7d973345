#pragma once

#include "connectors/connector.hpp"
#include "plant/catalogue.hpp"

namespace hanse::node {

/// What a source declared, as the plant's catalogue asks for it.
inline plant::SourceValue source_value(const connectors::Declaration& declaration) {
  return {.address = declaration.address,
          .device = declaration.device,
          .name = declaration.name,
          .type = declaration.type,
          .unit = declaration.unit,
          .meaning = declaration.meaning,
          .interpolation = declaration.interpolation,
          .description = declaration.description};
}

}  // namespace hanse::node
