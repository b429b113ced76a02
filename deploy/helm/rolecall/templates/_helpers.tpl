{{/* The name of everything that a release makes. */}}
{{- define "rolecall.name" -}}
{{- if contains "rolecall" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-rolecall" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* Labels by which the pods of a part are found: (list $ "portal"). They never change. */}}
{{- define "rolecall.selector" -}}
app.kubernetes.io/name: rolecall
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "rolecall.labels" -}}
{{ include "rolecall.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
{{- end }}

{{- define "rolecall.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Settings of every process (lib/env.ts). Whatever is secret comes from the secret that exists. */}}
{{- define "rolecall.env" -}}
- name: PORTAL_URL
  value: {{ .Values.portalUrl | quote }}
- name: TRUSTED_PROXIES
  value: {{ .Values.trustedProxies | quote }}
- name: AZURE_CLIENT_ID
  value: {{ required "azure.clientId is the ID of the registered application" .Values.azure.clientId | quote }}
- name: AZURE_TENANT_ID
  value: {{ required "azure.tenantId says whose people may sign in" .Values.azure.tenantId | quote }}
- name: AZURE_CLOUD
  value: {{ .Values.azure.cloud | quote }}
- name: AZURE_MANAGED_IDENTITY
  value: {{ .Values.azure.managedIdentity | quote }}
- name: LOG_LEVEL
  value: {{ .Values.logLevel | quote }}
- name: SIGN_INS_PER_MINUTE
  value: {{ .Values.signInsPerMinute | quote }}
{{- range list "AZURE_CLIENT_SECRET" "DATABASE_URL" "AUTH_SECRET" "ENCRYPTION_KEYS" }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ $.Values.existingSecret }}
      key: {{ . }}
{{- end }}
{{- end }}

{{/* What every pod may do: nothing but its own work. */}}
{{- define "rolecall.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "rolecall.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end }}

{{/* The only place that can be written to. */}}
{{- define "rolecall.volumes" -}}
volumes:
  - name: tmp
    emptyDir: {}
{{- end }}

{{/* Where the pods of a part may run: (list $ .Values.portal "portal"). Spread over machines where there are several. */}}
{{- define "rolecall.placement" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "rolecall.selector" (list (index . 0) (index . 2)) | nindent 8 }}
{{- with (index . 1).nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where every process may go: to name servers and PostgreSQL. Portals and workers may also go to port 443: network-policy.yaml. */}}
{{- define "rolecall.egress" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
- ports:
    - { port: {{ .Values.networkPolicy.databasePort }}, protocol: TCP }
  {{- with .Values.networkPolicy.databaseTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
