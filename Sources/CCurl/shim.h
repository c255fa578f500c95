#ifndef WARRANT_CCURL_SHIM_H
#define WARRANT_CCURL_SHIM_H

#include <curl/curl.h>

/* curl_easy_setopt and curl_easy_getinfo are variadic, which Swift can't call. */

static inline CURLcode warrant_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode warrant_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode warrant_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode warrant_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*warrant_curl_data_function)(char *data, size_t size, size_t count, void *context);

static inline CURLcode warrant_curl_set_data_function(
    CURL *handle, CURLoption option, warrant_curl_data_function function) {
    return curl_easy_setopt(handle, option, function);
}

typedef int (*warrant_curl_progress_function)(
    void *context, curl_off_t total, curl_off_t received, curl_off_t upload_total, curl_off_t uploaded);

static inline CURLcode warrant_curl_set_progress_function(
    CURL *handle, warrant_curl_progress_function function) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
}

typedef curl_socket_t (*warrant_curl_socket_function)(
    void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode warrant_curl_set_socket_function(
    CURL *handle, warrant_curl_socket_function function) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}

/* How many bytes of requests were sent: 0 means that the server can't have seen anything. */
static inline long warrant_curl_sent(CURL *handle) {
    long size = 0;
    curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &size);
    return size;
}

static inline long warrant_curl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* Where the response redirects to, made absolute; owned by the handle. NULL when it doesn't. */
static inline const char *warrant_curl_redirect(CURL *handle) {
    char *url = NULL;
    curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &url);
    return url;
}

#endif
