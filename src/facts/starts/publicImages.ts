// Images that everybody can pull: one of them is none that a repository builds.

/** Docker's official images that repositories with Python start, and namespaces of tools. */
const OFFICIAL = new Set(
  `adminer aerospike alpine alpinelinux amazoncorretto amazonlinux archlinux bash busybox caddy cassandra centos chronograf clickhouse
  composer consul couchbase couchdb crate debian docker eclipse-mosquitto eclipse-temurin elasticsearch erlang fedora flink fluentd gcc geonetwork
  ghost golang gradle groovy haproxy haskell hello-world httpd influxdb ibmjava java jenkins jetty joomla julia kibana kong logstash mariadb
  matomo maven memcached mongo mongo-express mysql nats neo4j nextcloud nginx node odoo openjdk oraclelinux perl php phpmyadmin postgres
  postgis pypy python r-base rabbitmq redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust solr sonarqube spark swift
  telegraf tomcat traefik ubuntu unit vault wordpress zookeeper`.split(/\s+/),
);

/** Is the image (its name as written, symbolic or not) one of the official ones, of whatever tag? */
export function isOfficialImage(image: string): boolean {
  const name = image.replace(
    /^(docker\.io\/|index\.docker\.io\/|mirror\.gcr\.io\/|public\.ecr\.aws\/docker\/)?(library\/)?/,
    '',
  );
  return OFFICIAL.has(name.replace(/[:@].*$/s, ''));
}
