#include "common/adapters/s3/s3_xml.hpp"

#include <pugixml.hpp>
#include <sstream>

namespace trainyard::s3 {
namespace {

Result<pugi::xml_node> parse(pugi::xml_document& document, std::string_view xml,
                             const char* expected) {
  document.load_buffer(xml.data(), xml.size());
  if (const auto root = document.child(expected)) return root;
  return fail(Errc::corrupt_data,
              std::string("the S3 server did not answer with a ") + expected + " document");
}

std::string print(const pugi::xml_document& document) {
  std::ostringstream text;
  document.save(text, "", pugi::format_raw);
  return std::move(text).str();
}

void set(pugi::xml_node node, const char* name, const std::string& text) {
  node.append_child(name).text().set(text.c_str());
}

ServerError error_in(const pugi::xml_node& node) {
  return {.code = node.child_value("Code"), .message = node.child_value("Message")};
}

}  // namespace

Result<ListedPage> parse_list(std::string_view xml) {
  pugi::xml_document document;
  TRY(const auto root, parse(document, xml, "ListBucketResult"));
  ListedPage page;
  for (const auto node : root.children("Contents")) {
    page.objects.push_back({.key = node.child_value("Key"),
                            .etag = node.child_value("ETag"),
                            .size = node.child("Size").text().as_llong()});
  }
  if (root.child("IsTruncated").text().as_bool()) {
    page.next = root.child_value("NextContinuationToken");
  }
  return page;
}

Result<std::string> parse_upload_id(std::string_view xml) {
  pugi::xml_document document;
  TRY(const auto root, parse(document, xml, "InitiateMultipartUploadResult"));
  return root.child_value("UploadId");
}

std::string complete_request(std::span<const std::string> etags) {
  pugi::xml_document document;
  auto root = document.append_child("CompleteMultipartUpload");
  for (std::size_t i = 0; i < etags.size(); ++i) {
    auto part = root.append_child("Part");
    set(part, "PartNumber", std::to_string(i + 1));
    set(part, "ETag", etags[i]);
  }
  return print(document);
}

std::string delete_request(std::span<const std::string> keys) {
  pugi::xml_document document;
  auto root = document.append_child("Delete");
  set(root, "Quiet", "true");
  for (const auto& key : keys)
    set(root.append_child("Object"), "Key", key);
  return print(document);
}

ServerError parse_error(std::string_view xml) {
  pugi::xml_document document;
  document.load_buffer(xml.data(), xml.size());
  return error_in(document.child("Error"));
}

std::vector<ServerError> parse_delete_errors(std::string_view xml) {
  pugi::xml_document document;
  document.load_buffer(xml.data(), xml.size());
  std::vector<ServerError> errors;
  for (const auto node : document.child("DeleteResult").children("Error"))
    errors.push_back(error_in(node));
  return errors;
}

}  // namespace trainyard::s3
