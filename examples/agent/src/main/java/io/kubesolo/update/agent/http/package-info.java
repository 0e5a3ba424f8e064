/**
 * An HTTP/1.1 client: {@link HttpClient}. Every request ends within a time limit, with an answer or an
 * {@link HttpException} whose message is safe to show.
 */
@NullMarked
package io.kubesolo.update.agent.http;

import org.jspecify.annotations.NullMarked;
