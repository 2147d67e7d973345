#pragma once

#include <array>
#include <string_view>

namespace hanse::store::internal {

// Numbered; the same for both databases. Never change one that was released: add the next. docs/formats/store.md
// explains the columns.
inline constexpr std::array<std::string_view, 1> kDocumentMigrations = {R"sql(
CREATE TABLE document (
  kind {text} NOT NULL, id {text} NOT NULL, version BIGINT NOT NULL, changed_ns BIGINT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, id));
CREATE TABLE document_index (
  kind {text} NOT NULL, field {text} NOT NULL, value {text} NOT NULL, id {text} NOT NULL,
  PRIMARY KEY (kind, field, value, id));
CREATE INDEX document_index_by_id ON document_index (kind, id, field);
CREATE TABLE journal (
  sequence BIGINT PRIMARY KEY, time_ns BIGINT NOT NULL, actor {text} NOT NULL, action {text} NOT NULL,
  kind {text} NOT NULL, id {text} NOT NULL, version BIGINT NOT NULL, digest TEXT NOT NULL, detail TEXT NOT NULL,
  hash TEXT NOT NULL);
CREATE TABLE journal_head (
  slot BIGINT PRIMARY KEY CHECK (slot = 1), sequence BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE number_row (name {text} PRIMARY KEY, value BIGINT NOT NULL);
)sql"};

inline constexpr std::array<std::string_view, 1> kChunkMigrations = {R"sql(
CREATE TABLE chunk (
  series BIGINT NOT NULL, level BIGINT NOT NULL, begin_ns BIGINT NOT NULL, end_ns BIGINT NOT NULL, bytes {blob} NOT NULL);
CREATE UNIQUE INDEX chunk_by_time ON chunk (series, level, begin_ns, end_ns);
)sql"};

}  // namespace hanse::store::internal
