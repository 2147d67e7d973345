#include "connectors/mtconnect/settings.hpp"

#include "connectors/mtconnect/document.hpp"
#include "connectors/mtconnect/internal/source_address.hpp"

namespace hanse::connectors::mtconnect {

void MtconnectSettings::validate(JsonReader& reader) const {
  const auto address = internal::parse_source(url);
  if (!address) {
    reader.error_at("url", address.error().message);
    return;
  }
  if (interval < 1ms || interval > 1h) reader.error_at("interval", "must be from 1ms to 1h");
  if (heartbeat < 100ms || heartbeat > 10min) reader.error_at("heartbeat", "must be from 100ms to 10min");
  if (poll_interval < 10ms || poll_interval > 1h) reader.error_at("poll_interval", "must be from 10ms to 1h");
  if (silence < 0s) reader.error_at("silence", "must not be negative");
  if (device_model.empty()) return;
  const auto document = parse_document(device_model);
  if (!document)
    reader.error_at("device_model", document.error().message);
  else if (!std::holds_alternative<Probe>(*document))
    reader.error_at("device_model", "must be an MTConnectDevices document");
}

}  // namespace hanse::connectors::mtconnect
